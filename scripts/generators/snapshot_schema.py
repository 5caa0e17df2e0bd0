"""Write the JSON Schema of the snapshot, made from its classes, into the source of brandbrain-core."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from brandbrain_core.json_schema import FILE, snapshot_schema

CORE = "packages/brandbrain-core/src/brandbrain_core"


def main(root: Path) -> None:
    """Write the schema below *root*."""
    target = root / CORE / FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(snapshot_schema(), indent=2, ensure_ascii=False) + "\n", "utf-8")


main(Path(sys.argv[1]))
