"""The world outside: accounts and what they publish, platforms that go away, and writers that fall silent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs

from brandbrain_core import wire
from brandbrain_core.errors import SourceFailed, SynthesisFailed
from brandbrain_core.memory.given import SHAPE, normalise_given
from brandbrain_core.model.draft import Brief, Draft
from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import SUPPORTED, Capability, Platform
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.ports import Collected, CollectedItem, CollectRequest, ExternalRuns
from brandbrain_core.synthesis import RulesSynthesizer
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import NOON

Kind: TypeAlias = tuple[str, str]
"""Platform and capability, as they are written."""

POSTS: Final = ("instagram", "posts")
VIDEOS: Final = ("tiktok", "profile_videos")
PAGES: Final = ("web", "crawl_pages")
UNCOLLECTED: Final = ("youtube", "channel_videos")
"""A kind that is supported, but that nothing here can collect."""

OFF: Final = ("linkedin", "profile_posts")
"""A kind that is switched off."""

KINDS: Final = (POSTS, VIDEOS, PAGES, UNCOLLECTED, OFF)
COLLECTED: Final = (POSTS, VIDEOS, PAGES)
QUIET: Final = "quiet"
"""An account that has published nothing."""

SPELLINGS: Final[Mapping[Kind, Mapping[str, str]]] = MappingProxyType(
    {
        POSTS: {
            "marrowby": "marrowby",
            " @Marrowby": "marrowby",
            "https://www.instagram.com/marrowby/": "marrowby",
            "harbour.loft": "harbour.loft",
            QUIET: QUIET,
        },
        VIDEOS: {"@marrowby": "marrowby", "https://www.tiktok.com/@marrowby": "marrowby", "loft": "loft"},
        PAGES: {
            "marrowby.example": "https://marrowby.example",
            "https://marrowby.example/": "https://marrowby.example",
            "https://loft.example/shop": "https://loft.example/shop",
        },
        UNCOLLECTED: {"@marrowby": "@marrowby"},
        OFF: {"https://www.linkedin.com/in/marrowby/": "marrowby"},
    }
)
"""By kind: what people type, and the identifier that it stands for."""

UNACCEPTABLE: Final = "not a handle!"
"""What is no identifier on any platform."""

ACCOUNTS: Final = tuple(
    (kind, identifier) for kind in COLLECTED for identifier in sorted({*SPELLINGS[kind].values()} - {QUIET})
)


@attrs.define
class Town:
    """How the world outside is just now: which platforms are away, and how many of the two writers are silent."""

    away: frozenset[str] = frozenset()
    silent: int = 0


def published(kind: Kind, identifier: str) -> tuple[NormalisedItem, ...]:
    """Return what an account has published: two items, all of them at different times."""
    if (kind, identifier) not in ACCOUNTS:
        return ()
    place = ACCOUNTS.index((kind, identifier))
    return tuple(_item(kind, place * 2 + number) for number in range(2))


def published_at(place: int) -> datetime:
    """Return when the item at this place was published: the first is the newest."""
    return NOON - timedelta(hours=1 + place)


def url_of(kind: Kind, place: int) -> str:
    """Return the address of the item at this place."""
    return f"https://{kind[0]}.example/{place}"


def _item(kind: Kind, place: int) -> NormalisedItem:
    platform, capability = Platform(kind[0]), Capability(kind[1])
    return build.normalised_item(
        place,
        platform=platform,
        capability=capability,
        content_type=SUPPORTED[platform, capability],
        external_id=None if kind == PAGES else f"{kind[0]}-{place}",
        canonical_url=url_of(kind, place),
        published_at=published_at(place),
        text_primary="We mend old sails by hand, with rope and patience. " * (8 if kind == PAGES else 1),
    )


class Feeds:
    """A collector that brings what accounts have published, unless their platform is away."""

    name: Final = "feeds"
    version: Final = "1"
    capped: Final = True

    def __init__(self, town: Town) -> None:
        self._town = town

    def serves(self, platform: Platform, capability: Capability, settings: JsonObject) -> bool:
        """Tell whether it can collect this kind."""
        del settings
        return (platform.value, capability.value) in COLLECTED

    def input_of(self, request: CollectRequest) -> JsonObject:
        """Return the account and its settings: either of them anew is collected anew."""
        return {"identifier": request.identifier, "settings": request.settings}

    async def collect(self, request: CollectRequest, runs: ExternalRuns) -> Collected:
        """Return what the account has published."""
        del runs
        if request.platform in self._town.away:
            raise SourceFailed("unreachable", f"{request.platform} is away")
        items = published((request.platform, request.capability), request.identifier)
        return Collected(items=tuple(CollectedItem(shape=SHAPE, payload=wire.unstructure(item)) for item in items))


class Writer:
    """A synthesizer that drafts by rules, unless so many are silent that it is too."""

    model: Final = None
    prompt_version: Final = "1"

    def __init__(self, town: Town, rank: int) -> None:
        self.id = f"writer{rank}"
        self._town = town
        self._rank = rank

    async def draft(self, brief: Brief) -> Draft:
        """Return a draft."""
        if self._town.silent >= self._rank:
            raise SynthesisFailed(self.id, "no words", retry_after=60)
        return await RulesSynthesizer().draft(brief)


ALL_SILENT: Final = "Synthesizer writer1 failed: no words; Synthesizer writer2 failed: no words"
"""The error of a compile for which nobody wrote."""


def plan_of(town: Town) -> Plan:
    """Return the plan of a worker in this town."""
    normalisers: dict[str, Any] = {SHAPE: normalise_given}
    return Plan(collectors=(Feeds(town),), normalisers=normalisers, synthesizers=(Writer(town, 1), Writer(town, 2)))
