"""Plug-ins of third parties: used where they are wanted, told of where they are broken, never in the way."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from brandbrain.collectors import Given, collecting
from brandbrain.examination import Health, Patient, examine
from brandbrain.planning import plan_of
from brandbrain.plugins import SOURCES, STORES, SYNTHESIZERS, Plugins, installed, load
from brandbrain.settings import Settings
from brandbrain.synthesizers import synthesizers
from brandbrain.wiring import open_settings_store
from brandbrain_core.clock import SystemClock
from brandbrain_core.errors import InvalidSettings
from brandbrain_core.memory import MemoryStore
from brandbrain_core.model.draft import Brief, Draft
from brandbrain_core.model.platform import Capability, Platform

CLOCK = SystemClock()


class Echo:
    """A synthesizer that infers nothing."""

    id = "echo"
    model = None
    prompt_version = "1"

    async def draft(self, brief: Brief) -> Draft:
        """Return nothing."""
        del brief
        return Draft()


def make_echo(env: Mapping[str, str]) -> Echo | None:
    """Give the synthesizer where it is configured."""
    return Echo() if "ECHO" in env else None


class Shelf:
    """A collector with a raw shape of its own."""

    name = "shelf"
    version = "1"
    capped = True
    normalisers: Mapping[str, Any] = MappingProxyType({"shelf_item": str})

    def serves(self, *_: object) -> bool:
        """Collect nothing that is known."""
        return False


def make_shelf(env: Mapping[str, str]) -> Shelf:
    """Give the collector."""
    return Shelf()


async def make_store(url: str, *, migrate: bool, clock: SystemClock) -> MemoryStore:
    """Give a store that forgets."""
    return MemoryStore(clock)


def plugged(**objects: tuple[str, str]) -> Plugins:
    """Return plug-ins by name: group, and the object in this module (or a path of its own)."""
    here = __name__
    return installed(
        EntryPoint(name=name, group=group, value=value if ":" in value else f"{here}:{value}")
        for name, (group, value) in objects.items()
    )


BROKEN = (SYNTHESIZERS, "there_is_no_such_module:make")


def test_a_synthesizer_is_used_where_it_is_named() -> None:
    """The order of the setting is the order of the attempts."""
    found = synthesizers(
        Settings(synthesizers=("echo", "rules")), plugins=plugged(echo=(SYNTHESIZERS, "make_echo")), env={"ECHO": "1"}
    )
    assert ["echo", "rules"] == [each.id for each in found]


@pytest.mark.parametrize(
    ("named", "plugins", "why"),
    [
        (("oracle",), plugged(), "'oracle' is no synthesizer; there are"),
        (("echo",), plugged(echo=(SYNTHESIZERS, "make_echo")), "it is not configured"),
        (("echo",), plugged(echo=BROKEN), "is broken: ModuleNotFoundError"),
        ((), plugged(), "names none"),
    ],
)
def test_what_cannot_be_used_is_an_error_where_it_was_asked_for(
    named: tuple[str, ...], plugins: Plugins, why: str
) -> None:
    """Unknown, not configured, broken, none at all: the setting is named, with the reason."""
    with pytest.raises(InvalidSettings) as caught:
        synthesizers(Settings(synthesizers=named), plugins=plugins, env={})
    assert why in str(caught.value)
    assert "BRANDBRAIN_SYNTHESIZERS" in str(caught.value)


def test_a_broken_plugin_that_nobody_asked_for_is_in_nobodys_way() -> None:
    """The defaults work beside it."""
    broken = plugged(echo=BROKEN, shelf=(SOURCES, BROKEN[1]))
    assert "rules" in {each.id for each in plan_of(Settings(), clock=CLOCK, env={}, plugins=broken).synthesizers}


def test_a_collector_brings_its_normalisers() -> None:
    """It comes behind the built-in ones, and what it brings can be read."""
    found = collecting(Settings(), given=Given(), plugins=plugged(shelf=(SOURCES, "make_shelf")), env={}, clock=CLOCK)
    assert "shelf" == found.collectors[-1].name
    assert "shelf_item" in found.normalisers


def test_what_a_person_brings_goes_before_any_order() -> None:
    """The setting orders what is fetched; a file that somebody named is read all the same."""
    settings = Settings(collectors={"web.crawl_pages": ("web",)})
    plan = plan_of(settings, clock=CLOCK, env={}, plugins=plugged())
    chosen = plan.collector_for(Platform.WEB, Capability.CRAWL_PAGES, {"file": "pages.jsonl"})
    assert chosen is not None
    assert "file" == chosen.name
    crawler = plan.collector_for(Platform.WEB, Capability.CRAWL_PAGES, {})
    assert crawler is not None
    assert "web" == crawler.name


@pytest.mark.parametrize(
    ("orders", "why"),
    [
        ({"web.pages": ("web",)}, "web.pages is no kind of source"),
        ({"web.crawl_pages": ("robot",)}, "robot"),
    ],
)
def test_an_order_of_what_is_not_there_is_refused(orders: Mapping[str, tuple[str, ...]], why: str) -> None:
    """Unknown kinds of sources and unknown collectors are named."""
    with pytest.raises(InvalidSettings) as caught:
        plan_of(Settings(collectors=orders), clock=CLOCK, env={}, plugins=plugged())
    assert why in str(caught.value)


async def test_a_store_is_chosen_by_the_scheme_of_the_url() -> None:
    """The plug-in named as the scheme opens it."""
    store = await open_settings_store(
        Settings(database_url="forgetful://x"), clock=CLOCK, plugins=plugged(forgetful=(STORES, "make_store"))
    )
    assert isinstance(store, MemoryStore)


async def test_the_doctor_tells_of_a_broken_plugin(tmp_path: Path) -> None:
    """It is listed with its error, whatever else is well."""
    patient = Patient(
        settings=Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}"),
        plugins=plugged(echo=BROKEN),
        folder=tmp_path,
        env={},
        clock=CLOCK,
    )
    (finding,) = [finding for finding in await examine(patient) if finding.health is Health.BROKEN]
    assert "synthesizers plug-in echo" == finding.name
    assert "there_is_no_such_module" in finding.detail


def test_our_own_packages_can_all_be_loaded() -> None:
    """Every entry point that this installation has leads somewhere."""
    assert [] == [plugin for plugin in map(load, installed().points) if plugin.error]
