"""The collector ``file``."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from brandbrain_core.errors import SourceFailed
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.ports import Collected, CollectRequest
from brandbrain_sources.files import FileCollector


class Runs:
    """Nothing external is ever started."""

    async def started(self, external_run_id: str) -> None:
        """Fail."""
        raise AssertionError(external_run_id)


def request(file: object, cap: int = 100, platform: Platform = Platform.TIKTOK) -> CollectRequest:
    """Return what the pipeline asks for."""
    capability = Capability.PROFILE_VIDEOS if platform is Platform.TIKTOK else Capability.CRAWL_PAGES
    return CollectRequest(
        platform=platform,
        capability=capability,
        identifier="loft",
        settings={"file": str(file)},
        cap=cap,
        deadline=datetime(2026, 1, 1, tzinfo=UTC),
    )


def written(path: Path, *rows: dict[str, Any]) -> Path:
    """Write rows to a file and return its path."""
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def row(number: int, **members: Any) -> dict[str, Any]:
    """Return a row of ours, published on that day of the month."""
    published = f"2026-01-{number:02}"
    return {"platform": "tiktok", "external_id": str(number), "published_at": published, **members}


async def collect(asked: CollectRequest, allowed: Path) -> Collected:
    """Collect from the files in a folder."""
    return await FileCollector(allowed=[allowed]).collect(asked, Runs())


async def failure(asked: CollectRequest, allowed: Path) -> str:
    """Return the code with which the collection fails."""
    with pytest.raises(SourceFailed) as caught:
        await collect(asked, allowed)
    return caught.value.error_code


async def test_a_source_gets_the_rows_of_its_kind(tmp_path: Path) -> None:
    """Rows of other platforms are another source's; those that name none are this one's."""
    web = {"platform": "web", "canonical_url": "https://a.com"}
    file = written(tmp_path / "a.json", row(1), web, {"text_primary": "bare"})

    collected = await collect(request(file), tmp_path)

    assert [("evidence_row", row(1)), ("evidence_row", {"text_primary": "bare"})] == [
        (item.shape, item.payload) for item in collected.items
    ]


async def test_bad_rows_are_problems(tmp_path: Path) -> None:
    """The good ones are kept."""
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(row(1)) + "\n{\n", encoding="utf-8")

    collected = await collect(request(file), tmp_path)

    assert (1, 1) == (len(collected.items), len(collected.problems))
    assert collected.problems[0].startswith("line 2: it is no JSON")


async def test_the_newest_rows_are_kept_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Where there are more than may be brought."""
    file = written(tmp_path / "a.json", row(3), row(9), row(1), row(5), {"text_primary": "no time"})

    collected = await collect(request(file, cap=2), tmp_path)

    assert ["9", "5"] == [item.payload["external_id"] for item in collected.items]


async def test_only_files_in_the_list_are_read(tmp_path: Path) -> None:
    """Neither others, nor through links, nor by dots; and whether others exist is not told."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    secret = written(outside / "a.json", row(1))
    (inside / "link.json").symlink_to(secret)
    names = [
        secret,
        inside / "link.json",
        inside / ".." / "out" / "a.json",
        outside / "missing",
        "",
        "/etc/passwd",
        "a\0b",
    ]

    assert ["file_not_allowed"] * 7 == [await failure(request(name), inside) for name in names]


async def test_nothing_is_allowed_by_default(tmp_path: Path) -> None:
    """A source's settings alone open no file."""
    file = written(tmp_path / "a.json", row(1))

    with pytest.raises(SourceFailed, match=r"a\.json is not among those that may be read"):
        await FileCollector().collect(request(file), Runs())


async def test_a_rule_may_take_the_place_of_the_list(tmp_path: Path) -> None:
    """It is asked about the resolved path."""
    file = written(tmp_path / "a.json", row(1))
    collector = FileCollector(allowed=lambda path: path == file.resolve())

    assert 1 == len((await collector.collect(request(tmp_path / "." / "a.json"), Runs())).items)


async def test_files_that_cannot_be_read_fail_the_source(tmp_path: Path) -> None:
    """With a code for each reason."""
    folder = tmp_path / "folder.json"
    folder.mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all", encoding="utf-8")
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(600 * 2**20)
    other = written(tmp_path / "web.json", {"platform": "web", "canonical_url": "https://a.com"})
    names = [
        tmp_path / "missing.json",
        folder,
        tmp_path / "pipe.json",
        letter,
        huge,
        other,
        written(tmp_path / "e.json"),
    ]

    assert [
        *("file_missing", "file_unreadable", "file_unreadable", "file_unreadable", "file_too_large"),
        *("file_without_items", "file_without_items"),
    ] == [await failure(request(name), tmp_path) for name in names]


def test_changed_content_is_another_input(tmp_path: Path) -> None:
    """The name and the content count, not where the file lies, nor when it was touched."""
    collector = FileCollector(allowed=[tmp_path])
    file = written(tmp_path / "a.json", row(1))
    first = collector.input_of(request(file))
    os.utime(file, (1, 1))
    touched = collector.input_of(request(file))
    written(file, row(2))
    os.utime(file, (1, 1))

    assert first == touched
    assert first != FileCollector(allowed=[tmp_path]).input_of(request(file))
    assert {"file", "max_items", "sha256"} == first.keys()
    assert "a.json" == first["file"]


def test_a_file_that_cannot_be_read_has_an_input_all_the_same(tmp_path: Path) -> None:
    """It is collected again once it can be."""
    collector = FileCollector(allowed=[tmp_path])
    file = tmp_path / "a.json"
    missing = collector.input_of(request(file))
    written(file, row(1))

    assert {"file": "a.json", "max_items": 100, "unreadable": "file_missing"} == missing
    assert missing != collector.input_of(request(file))


@pytest.mark.parametrize(("settings", "expected"), [({"file": "a"}, True), ({}, False), ({"file": 7}, False)])
def test_sources_with_a_file_are_served(settings: dict[str, Any], expected: bool) -> None:
    """Of any platform; the caps of what is collected elsewhere do not hold."""
    collector = FileCollector()

    assert (expected, False) == (collector.serves(Platform.WEB, Capability.CRAWL_PAGES, settings), collector.capped)
