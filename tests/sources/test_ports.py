"""What is offered to the pipeline."""

from __future__ import annotations

from importlib.metadata import entry_points

from brandbrain_core.ports import Collector
from brandbrain_sources.files import FileCollector
from brandbrain_sources.normalise import NORMALISERS
from brandbrain_sources.web import WebCollector


def test_collectors_are_what_the_port_asks_for() -> None:
    """Names are stable; caps hold for what is fetched, not for what a user brings."""
    collectors: list[Collector] = [WebCollector(), FileCollector()]

    assert [("web", True), ("file", False)] == [(collector.name, collector.capped) for collector in collectors]


def test_collectors_are_found_by_their_entry_points() -> None:
    """Under the names that they give themselves."""
    found = {entry.name: entry.load() for entry in entry_points(group="brandbrain.sources")}

    assert {"web": WebCollector, "file": FileCollector}.items() <= found.items()


def test_every_shape_has_its_normaliser() -> None:
    """The names are stored with raw items, so they do not change."""
    instagram = {"instagram_post", "instagram_reel"}
    youtube = {"youtube_video", "youtube_feed_entry"}
    others = {"evidence_row", "tiktok_video", "linkedin_post", "web_page", "apify_page"}

    assert instagram | youtube | others == set(NORMALISERS)
