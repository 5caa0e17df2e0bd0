"""
Choosing the bundle: few items, the same ones in whatever order the candidates come.

Of each kind (platform and content type) the newest items are taken, then the most engaging of the rest. So each kind
has an order of its own, and an item a rank in it. Where all chosen items together are too many, ranks decide, since the
engagement of two platforms cannot be compared. Pages with little to say only fill what is left.

Every candidate is counted once in the summary: as eligible, as a page that answered with an error, as a page that only
lists others, or as low in value and not needed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import nsmallest
from types import MappingProxyType
from typing import Final, TypeAlias

import attrs

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.bundle import Bundle, BundleCriteria, BundleSummary, KindCount
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.platform import SUPPORTED, ContentType, Platform, source_name
from brandbrain_core.policies.chronology import TimeKey, newest_first
from brandbrain_core.policies.engagement import engagement
from brandbrain_core.policies.transcripts import transcript_coverage

BUNDLING_VERSION: Final = "1"
"""Of these rules; part of the input hash."""

RECENT_M: Final = 3
"""How many of the newest items of a kind are taken whatever their engagement."""

TOP_ENGAGEMENT_N: Final = 5
"""How many more of a kind are taken for their engagement."""

Kind: TypeAlias = tuple[Platform, ContentType]

_KIND_OF: Final = MappingProxyType({(pair[0], kind): pair for pair, kind in SUPPORTED.items()})


def cap_of_kind(caps: Caps, kind: Kind) -> int:
    """
    Return how many items of a kind a bundle may hold: the cap of the capability that yields such items.

    A kind that no capability yields (it may come from a file) has the largest cap of its platform.

    >>> cap_of_kind(Caps(), (Platform.INSTAGRAM, ContentType.REEL))
    6
    """
    if kind in _KIND_OF:
        return caps.of(*_KIND_OF[kind])
    return max(caps.of(*pair) for pair in SUPPORTED if pair[0] is kind[0])


def bundle(items: Iterable[EvidenceItem], *, caps: Caps, key_pages: Collection[str] = ()) -> Bundle:
    """
    Choose the bundle from the candidates.

    Args:
        items: Items of one brand that were seen under enabled, allowed sources with their present identifiers. An item
            that occurs twice counts once, as it was last updated.
        key_pages: Normalised URLs; such a page is never low in value.

    Returns:
        The chosen items by platform, content type and rank, the same for the same items in any order.
    """
    candidates = _Candidates.sorted_out(_distinct(items), frozenset(key_pages))
    chosen = _trimmed(
        {kind: _ranked(members, cap_of_kind(caps, kind)) for kind, members in candidates.kinds.items()},
        caps.max_normalized_items,
    )
    return Bundle(
        items=tuple(entry.item for entry in chosen),
        criteria=BundleCriteria(
            version=BUNDLING_VERSION,
            recent_m=RECENT_M,
            top_engagement_n=TOP_ENGAGEMENT_N,
            global_max=caps.max_normalized_items,
            caps_used={source_name(*kind): cap_of_kind(caps, kind) for kind in sorted(candidates.kinds)},
        ),
        summary=_summary(candidates, chosen, caps),
    )


@attrs.frozen
class _Entry:
    """A candidate with its key by time; *fills*: it only fills what is left."""

    item: EvidenceItem
    time: TimeKey
    fills: bool


@attrs.frozen
class _Ranked:
    """An entry with its rank within its kind, from 0."""

    entry: _Entry
    rank: int

    @property
    def item(self) -> EvidenceItem:
        return self.entry.item

    @property
    def fills(self) -> bool:
        return self.entry.fills

    @property
    def kind(self) -> Kind:
        return self.item.platform, self.item.content_type

    @property
    def turn(self) -> tuple[bool, bool, int, TimeKey]:
        """By which all kinds are trimmed: the first of every kind, then by rank, then what only fills."""
        return self.rank > 0, self.fills, self.rank, self.entry.time


@attrs.frozen(kw_only=True)
class _Candidates:
    """The candidates of each kind, and how many were left out and why."""

    kinds: Mapping[Kind, Sequence[_Entry]]
    collection_pages: int
    error_pages: int
    web_only: bool

    @classmethod
    def sorted_out(cls, items: Collection[EvidenceItem], key_pages: frozenset[str]) -> _Candidates:
        """Leave out what must not be chosen, and put the rest by kind."""
        kinds: defaultdict[Kind, list[_Entry]] = defaultdict(list)
        answered = [item for item in items if not _is_error_page(item)]
        web_only = all(item.platform is Platform.WEB for item in answered)
        left_out = listed = 0
        for item in answered:
            members = kinds[item.platform, item.content_type]
            is_key = item.canonical_url in key_pages
            if item.platform is Platform.WEB and item.is_collection_page and not is_key:
                if not web_only:
                    left_out += 1
                    continue
                listed += 1
            members.append(_Entry(item, newest_first(item), item.is_low_value and not is_key))
        return cls(
            kinds=kinds,
            collection_pages=left_out,
            error_pages=len(items) - len(answered),
            web_only=web_only and listed > 0,
        )


def _distinct(items: Iterable[EvidenceItem]) -> Collection[EvidenceItem]:
    found: dict[EvidenceId, EvidenceItem] = {}
    for item in items:
        known = found.get(item.id)
        if known is None or known.updated_at < item.updated_at:
            found[item.id] = item
    return found.values()


def _is_error_page(item: EvidenceItem) -> bool:
    status = item.media.get("http_status")
    return item.platform is Platform.WEB and isinstance(status, int | float) and status >= 400


def _ranked(members: Sequence[_Entry], cap: int) -> list[_Ranked]:
    """Return the choice of one kind, best first: newest, most engaging, then what fills."""
    limit = min(cap, RECENT_M + TOP_ENGAGEMENT_N)
    chosen: list[_Entry] = []
    for fills in (False, True):
        pool = [entry for entry in members if entry.fills is fills]
        chosen += _by_rules(pool, limit - len(chosen))
    return [_Ranked(entry, rank) for rank, entry in enumerate(chosen)]


def _by_rules(pool: list[_Entry], room: int) -> list[_Entry]:
    pool.sort(key=lambda entry: entry.time)
    newest = pool[: min(RECENT_M, room)]
    rest = pool[len(newest) :]
    return [
        *newest,
        *nsmallest(min(TOP_ENGAGEMENT_N, room - len(newest)), rest, key=lambda entry: -engagement(entry.item)),
    ]


def _trimmed(ranked: Mapping[Kind, Sequence[_Ranked]], limit: int) -> list[_Ranked]:
    """Keep the first of every kind, then those whose turn is next, up to *limit*; return them by kind and rank."""
    every = sorted((entry for choice in ranked.values() for entry in choice), key=lambda entry: entry.turn)
    return sorted(every[:limit], key=lambda entry: (entry.kind, entry.rank))


def _summary(candidates: _Candidates, chosen: Sequence[_Ranked], caps: Caps) -> BundleSummary:
    selected = Counter(entry.kind for entry in chosen)
    filling = Counter(entry.kind for entry in chosen if entry.fills)
    by_platform: defaultdict[str, dict[str, KindCount]] = defaultdict(dict)
    unneeded = 0
    for kind, members in sorted(candidates.kinds.items()):
        skipped = sum(entry.fills for entry in members) - filling[kind]
        unneeded += skipped
        by_platform[kind[0].value][kind[1].value] = KindCount(
            eligible=len(members) - skipped, selected=selected[kind], cap=cap_of_kind(caps, kind)
        )
    counts = [count for of_platform in by_platform.values() for count in of_platform.values()]
    return BundleSummary(
        by_platform=dict(by_platform),
        total_selected=len(chosen),
        total_eligible=sum(count.eligible for count in counts),
        excluded_collection_pages=candidates.collection_pages,
        excluded_low_value=unneeded,
        excluded_error_pages=candidates.error_pages,
        web_only_exception_applied=candidates.web_only,
        transcript_coverage=transcript_coverage(entry.item for entry in chosen),
    )
