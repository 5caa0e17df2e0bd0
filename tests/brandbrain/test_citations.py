"""Every inferred value can be followed to the evidence that it rests on."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
from tests.brandbrain.conftest import ANSWERS, Command, newest_in, with_deps

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.fields import SourceType
from brandbrain_core.policies.paths import leaves
from brandbrain_core.services.deps import Deps
from brandbrain_core.wire import structure

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "18f_posts.jsonl"
SHIPPED = Path(str(resources.files("brandbrain") / "sample" / "posts" / "linkedin.jsonl"))
FILES = [SHIPPED, *([SHARED] if SHARED.exists() else [])]
"""Posts that come with the package and, where it lies beside the checkout, a thousand real ones."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_inferred_value_cites_evidence_that_exists(command: Command, file: Path) -> None:
    """Values with confidence that no answer states cite items; every cited item is stored, and of this brand."""
    (command.folder / "answers.json").write_text(json.dumps(ANSWERS), "utf-8")
    command("compile", "--file", str(file), "--answers", "answers.json")
    found = newest_in(command)
    nodes = leaves(found.snapshot)
    cited = {
        path: {structure(source.id, EvidenceId) for source in node.sources if source.type is SourceType.EVIDENCE}
        for path, node in nodes.items()
    }
    uncited = [
        path
        for path, node in nodes.items()
        if node.confidence > 0.2 and not cited[path] and all(s.type is not SourceType.ANSWER for s in node.sources)
    ]
    everything = {each for ids in cited.values() for each in ids}

    async def stored(deps: Deps) -> set[EvidenceId]:
        async with deps.store.reading() as work:
            items = await work.evidence.batch(sorted(everything))
        return {item.id for item in items if item.brand_id == found.brand.id}

    assert [] == uncited
    assert everything == with_deps(command, stored)
    assert 5 < len(everything)
