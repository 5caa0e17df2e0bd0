"""The sample brand's files and site, from the files to evidence items."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from brandbrain_core.errors import SourceFailed
from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.ports import CollectRequest, NormaliseContext
from brandbrain_sources.files import FileCollector, scan
from brandbrain_sources.normalise import NORMALISERS

POSTS = Path(__file__).parents[2] / "packages/brandbrain/src/brandbrain/sample/posts"


class Runs:
    """Nothing external is ever started."""

    async def started(self, external_run_id: str) -> None:
        """Fail."""
        raise SourceFailed("unexpected", external_run_id)


async def items(*files: Path) -> dict[tuple[str, str], NormalisedItem]:
    """Return the distinct items of files, each collected as the sources that a scan finds."""
    found: dict[tuple[str, str], NormalisedItem] = {}
    for file in files:
        for group in scan(file).groups:
            request = CollectRequest(
                platform=group.platform,
                capability=group.capability,
                identifier=group.identifier,
                settings={"file": str(file)},
                cap=2000,
                deadline=datetime(2027, 1, 1, tzinfo=UTC),
            )
            source = NormaliseContext(platform=group.platform, capability=group.capability, identifier=group.identifier)
            collected = await FileCollector(allowed=[POSTS]).collect(request, Runs())
            for raw in collected.items:
                item = NORMALISERS[raw.shape](raw.payload, source)
                found[item.platform, item.identity] = item
    return found


async def test_every_post_is_one_item() -> None:
    """Two media are in both Instagram files; the rest are in one."""
    first = await items(*(POSTS / name for name in ("instagram.json", "linkedin.jsonl", "tiktok.json", "youtube.json")))
    reels = await items(POSTS / "instagram_reels.json")
    newer = await items(*sorted((POSTS / "new").iterdir()))

    assert (38, 41, 50) == (len(first), len(first | reels), len(first | reels | newer))


async def test_the_odd_posts_are_read_as_they_are_meant() -> None:
    """Hidden likes, a co-author, transcripts, a slideshow and subtitles."""
    found = await items(*(POSTS / name for name in ("instagram.json", "tiktok.json", "youtube.json")))
    reels = await items(POSTS / "instagram_reels.json")

    assert "likes" not in found["instagram", "3971501265242202260"].metrics
    assert found["instagram", "3975223651325628957"].flags["is_coauthored"]
    assert 4 == sum(item.all_flags["has_transcript"] for item in reels.values())
    assert 1 == sum(item.media["type"] == "slideshow" for item in found.values())
    assert found["youtube", "Wn-8tHc1xYo"].transcript is not None
    assert "blocks" not in found["youtube", "p3LdV0aKqZs"].hashtags


def test_the_line_that_is_cut_off_is_told() -> None:
    """Line 7 of the export."""
    (problem,) = scan(POSTS / "linkedin.jsonl").problems

    assert problem.startswith("line 7: it is no JSON")
