"""Choosing the bundle."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core import wire
from brandbrain_core.model.bundle import Bundle, KindCount, TranscriptCoverage
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.evidence import EvidenceItem, SecondaryKind
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import SUPPORTED, Capability, ContentType, Platform
from brandbrain_core.policies.bundling import bundle, cap_of_kind
from brandbrain_core.policies.engagement import engagement
from brandbrain_core.testing import build

KINDS = [(platform, capability, kind) for (platform, capability), kind in SUPPORTED.items()]
LONG = "We mend sails by hand. " * 10
WIDE = Caps(ig_posts=50, ig_reels=50, li=50, tt=50, yt=50, web=50, max_normalized_items=500)


def an_item(
    name: str,
    kind: tuple[Platform, Capability, ContentType] = KINDS[0],
    *,
    days_old: float | None = 0,
    text: str = LONG,
    metrics: dict[str, int] | None = None,
    media: JsonObject | None = None,
    transcript: str | None = None,
    is_collection_page: bool = False,
) -> EvidenceItem:
    """An item whose URL ends in *name*: a long, fresh Instagram post unless told otherwise."""
    platform, capability, content_type = kind
    return build.evidence_item(
        platform=platform,
        capability=capability,
        content_type=content_type,
        external_id=None if platform is Platform.WEB else name,
        canonical_url=f"https://example.com/{name}",
        published_at=None if days_old is None else build.NOON - timedelta(days=days_old),
        text_primary=text,
        text_secondary=transcript,
        secondary_kind=SecondaryKind.TRANSCRIPT if transcript else None,
        metrics=metrics or {},
        media=media or {},
        flags={"is_collection_page": True} if is_collection_page else {},
    )


POSTS = (Platform.INSTAGRAM, Capability.POSTS, ContentType.POST)
REELS = (Platform.INSTAGRAM, Capability.REELS, ContentType.REEL)
LINKEDIN = (Platform.LINKEDIN, Capability.COMPANY_POSTS, ContentType.TEXT_POST)
TIKTOK = (Platform.TIKTOK, Capability.PROFILE_VIDEOS, ContentType.SHORT_VIDEO)
YOUTUBE = (Platform.YOUTUBE, Capability.CHANNEL_VIDEOS, ContentType.VIDEO)
PAGE = (Platform.WEB, Capability.CRAWL_PAGES, ContentType.WEB_PAGE)


def names(chosen: Bundle) -> list[str]:
    """The names of the chosen items, in their order."""
    return [item.canonical_url.rpartition("/")[2] for item in chosen.items]


@st.composite
def candidates(draw: st.DrawFn) -> list[EvidenceItem]:
    """Items of all kinds, with ties in time and in engagement."""
    count = draw(st.integers(0, 40))
    return [
        an_item(
            f"item-{number}",
            draw(st.sampled_from(KINDS)),
            days_old=draw(st.one_of(st.none(), st.integers(0, 5))),
            text=draw(st.sampled_from(["", "short", LONG])),
            metrics=draw(st.dictionaries(st.sampled_from(["likes", "comments", "reactions"]), st.integers(-1, 3))),
            media=draw(st.sampled_from([{}, {"http_status": 200}, {"http_status": 404}])),
            transcript=draw(st.sampled_from([None, "words"])),
            is_collection_page=draw(st.booleans()),
        )
        for number in range(count)
    ]


small_caps = st.builds(
    Caps,
    ig_posts=st.integers(1, 10),
    ig_reels=st.integers(1, 4),
    li=st.integers(1, 4),
    tt=st.integers(1, 4),
    yt=st.integers(1, 4),
    web=st.integers(1, 4),
    max_normalized_items=st.integers(1, 20),
)


class TestWithinAKind:
    """The order that one kind of items has of its own."""

    def test_the_newest_come_first_then_the_most_engaging(self) -> None:
        """Three newest items, then five more by engagement; the rest is left out."""
        old = [an_item(f"likes-{n}", days_old=100 - n, metrics={"likes": n}) for n in range(10)]
        new = [an_item(f"new-{n}", days_old=n) for n in range(3)]

        chosen = bundle(old + new, caps=WIDE)

        assert ["new-0", "new-1", "new-2", "likes-9", "likes-8", "likes-7", "likes-6", "likes-5"] == names(chosen)

    def test_the_cap_is_never_passed(self) -> None:
        """With a cap of four there is room for one engaging item behind the three newest."""
        items = [an_item(f"n{n}", days_old=n, metrics={"likes": n}) for n in range(10)]

        assert ["n0", "n1", "n2", "n9"] == names(bundle(items, caps=Caps(ig_posts=4)))

    def test_a_cap_below_three_takes_the_newest_only(self) -> None:
        """Engagement does not push out the newest items."""
        items = [an_item(f"n{n}", days_old=n, metrics={"likes": n}) for n in range(10)]

        assert ["n0", "n1"] == names(bundle(items, caps=Caps(ig_posts=2)))

    def test_unknown_times_come_after_dated_ones(self) -> None:
        """An item of unknown date is never among the newest while there are dated ones."""
        items = [an_item("undated", days_old=None)] + [an_item(f"n{n}", days_old=1000 + n) for n in range(3)]

        assert ["n0", "n1", "n2"] == names(bundle(items, caps=Caps(ig_posts=3)))

    def test_ties_of_engagement_are_broken_by_time_then_identity(self) -> None:
        """Behind the newest, equally engaging items stand newest first, and at one time by identity."""
        newest = [an_item(f"new-{n}", days_old=n / 10) for n in range(3)]
        tied = [an_item("b", days_old=9), an_item("a", days_old=9), an_item("c", days_old=8)]

        assert ["new-0", "new-1", "new-2", "c", "a", "b"] == names(bundle(tied + newest, caps=WIDE))

    def test_an_item_given_twice_counts_once(self) -> None:
        """Of two versions of one item the one that was updated last is bundled."""
        old = an_item("one")
        new = attrs.evolve(old, text_primary="changed", updated_at=build.NOON + timedelta(seconds=1))

        for order in ([old, new], [new, old]):
            chosen = bundle(order, caps=WIDE)
            assert (new,) == chosen.items
            assert 1 == chosen.summary.total_eligible

    @pytest.mark.parametrize(
        ("kind", "cap"),
        [
            ((Platform.INSTAGRAM, ContentType.POST), 8),
            ((Platform.INSTAGRAM, ContentType.REEL), 6),
            ((Platform.LINKEDIN, ContentType.TEXT_POST), 6),
            ((Platform.WEB, ContentType.WEB_PAGE), 3),
            ((Platform.INSTAGRAM, ContentType.VIDEO), 8),
        ],
    )
    def test_a_kind_has_the_cap_of_what_yields_it(self, kind: tuple[Platform, ContentType], cap: int) -> None:
        """A reel that came with the posts counts as a reel; what only a file can bring has its platform's largest."""
        assert cap == cap_of_kind(Caps(), kind)


class TestPages:
    """Which pages are no good, and which only fill."""

    def test_collection_pages_are_out(self) -> None:
        """A page that lists others is no evidence, and counted as left out."""
        chosen = bundle([an_item("post"), an_item("blog", PAGE, is_collection_page=True)], caps=Caps())

        assert ["post"] == names(chosen)
        assert 1 == chosen.summary.excluded_collection_pages
        assert not chosen.summary.web_only_exception_applied
        assert KindCount(eligible=0, selected=0, cap=3) == chosen.summary.by_platform["web"]["web_page"]

    def test_collection_pages_fill_where_web_is_all_there_is(self) -> None:
        """Without any other platform a list of pages is better than nothing, but comes after every real page."""
        pages = [an_item("blog", PAGE, is_collection_page=True), an_item("about", PAGE, days_old=None)]

        chosen = bundle(pages, caps=Caps())

        assert ["about", "blog"] == names(chosen)
        assert chosen.summary.web_only_exception_applied
        assert 0 == chosen.summary.excluded_collection_pages

    def test_pages_that_answered_with_an_error_are_out(self) -> None:
        """An error page is never chosen, not even as a key page, nor does it make the web the only platform."""
        pages = [
            an_item("gone", PAGE, media={"http_status": 404}),
            an_item("broken", PAGE, media={"http_status": 500}),
            an_item("moved", PAGE, media={"http_status": 301}),
        ]

        chosen = bundle(pages, caps=Caps(), key_pages=["https://example.com/gone"])

        assert ["moved"] == names(chosen)
        assert 2 == chosen.summary.excluded_error_pages

    def test_short_pages_only_fill_what_is_left(self) -> None:
        """A page of few words, however new, comes behind the older ones with something to say."""
        pages = [an_item(f"short-{n}", PAGE, days_old=n, text="Hi") for n in range(2)]
        pages += [an_item(f"long-{n}", PAGE, days_old=100 + n) for n in range(2)]

        chosen = bundle(pages, caps=Caps(web=3))

        assert ["long-0", "long-1", "short-0"] == names(chosen)
        assert 1 == chosen.summary.excluded_low_value
        assert KindCount(eligible=3, selected=3, cap=3) == chosen.summary.by_platform["web"]["web_page"]

    def test_short_pages_do_not_make_a_kind_larger_than_the_rules_allow(self) -> None:
        """Three newest and five more are eight, whether or not some of them only fill."""
        pages = [an_item(f"long-{n}", PAGE, days_old=n) for n in range(6)]
        pages += [an_item(f"short-{n}", PAGE, days_old=n, text="Hi") for n in range(6)]

        assert 8 == len(bundle(pages, caps=WIDE).items)

    def test_short_pages_give_way_to_other_kinds_in_the_trim(self) -> None:
        """What only fills one kind does not push out an item of another that says something."""
        items = [an_item("long", PAGE), an_item("short", PAGE, text="Hi")]
        items += [an_item(f"post-{n}", days_old=50 + n) for n in range(3)]

        chosen = bundle(items, caps=Caps(max_normalized_items=4))

        assert ["post-0", "post-1", "post-2", "long"] == names(chosen)

    @pytest.mark.parametrize("is_collection_page", [False, True])
    def test_key_pages_stay_eligible(self, is_collection_page: bool) -> None:
        """A page that the brand named itself counts as any other, even if it is short or a list of pages."""
        key = an_item("key", PAGE, text="Hi", is_collection_page=is_collection_page)
        items = [an_item("post"), key, *(an_item(f"long-{n}", PAGE, days_old=5) for n in range(3))]

        chosen = bundle(items, caps=Caps(web=1), key_pages={"https://example.com/key"})

        assert ["post", "key"] == names(chosen)
        assert 0 == chosen.summary.excluded_low_value

    def test_a_short_post_is_not_low_in_value(self) -> None:
        """Only pages are measured by their length."""
        assert ["hi"] == names(bundle([an_item("hi", text="Hi")], caps=Caps()))


class TestTrim:
    """When all kinds together are too many."""

    def test_ranks_decide_and_not_scores(self) -> None:
        """A post with a million likes takes no place from another platform's item of the same rank."""
        loud = [an_item(f"loud-{n}", days_old=n, metrics={"likes": 1_000_000}) for n in range(8)]
        quiet = [an_item(f"quiet-{n}", LINKEDIN, days_old=100 + n) for n in range(6)]

        chosen = bundle(loud + quiet, caps=Caps(max_normalized_items=6))

        assert ["loud-0", "loud-1", "loud-2", "quiet-0", "quiet-1", "quiet-2"] == names(chosen)

    def test_at_least_one_of_each_kind_stays(self) -> None:
        """Even the only, oldest and lowest-valued item of a kind survives while there is room for every kind."""
        items = [an_item(f"post-{n}", days_old=n) for n in range(8)]
        items += [an_item("page", PAGE, text="Hi", days_old=None), an_item("video", YOUTUBE, days_old=900)]

        assert ["post-0", "page", "video"] == names(bundle(items, caps=Caps(max_normalized_items=3)))

    def test_the_summary_counts_what_is_left_after_the_trim(self) -> None:
        """Selected is what was selected in the end, transcripts included."""
        items = [an_item(f"reel-{n}", REELS, days_old=n, transcript="Hi" if n else None) for n in range(4)]
        items += [an_item(f"post-{n}", days_old=n) for n in range(4)]

        summary = bundle(items, caps=Caps(max_normalized_items=3)).summary

        assert {
            "post": KindCount(eligible=4, selected=2, cap=8),
            "reel": KindCount(eligible=4, selected=1, cap=6),
        } == summary.by_platform["instagram"]
        assert (3, 8) == (summary.total_selected, summary.total_eligible)
        assert TranscriptCoverage(items_with_transcript=0, total_items=1, coverage=0.0) == summary.transcript_coverage


def test_the_criteria_say_which_rules_were_used() -> None:
    """Caps are named for the kinds that there were candidates of."""
    criteria = bundle([an_item("a"), an_item("b", TIKTOK)], caps=Caps(tt=2)).criteria

    assert (3, 5, 40) == (criteria.recent_m, criteria.top_engagement_n, criteria.global_max)
    assert {"instagram.post": 8, "tiktok.short_video": 2} == criteria.caps_used


def test_nothing_gives_an_empty_bundle() -> None:
    """No candidates: no items, and shares of 0.0."""
    chosen = bundle([], caps=Caps())

    assert () == chosen.items
    assert {} == chosen.summary.by_platform
    assert 0.0 == chosen.summary.transcript_coverage.coverage
    assert not chosen.summary.web_only_exception_applied


@given(items=candidates(), caps=small_caps, data=st.data())
def test_order_does_not_matter(items: list[EvidenceItem], caps: Caps, data: st.DataObject) -> None:
    """The same items in any order give the same bundle, byte for byte."""
    shuffled = data.draw(st.permutations(items))

    assert wire.dumps(bundle(items, caps=caps)) == wire.dumps(bundle(shuffled, caps=caps))


@given(items=candidates(), caps=small_caps)
def test_the_choice_keeps_every_limit(items: list[EvidenceItem], caps: Caps) -> None:
    """Chosen items are candidates, distinct, within all caps, of every kind that has any, and no bad pages."""
    chosen = bundle(items, caps=caps)
    by_kind = Counter((item.platform, item.content_type) for item in chosen.items)

    assert set(chosen.items) <= set(items) if not items else all(item in items for item in chosen.items)
    assert len(chosen.items) == len({item.id for item in chosen.items})
    assert all(count <= cap_of_kind(caps, kind) for kind, count in by_kind.items())
    assert all(item.media.get("http_status") != 404 for item in chosen.items if item.platform is Platform.WEB)
    eligible = [count for counts in chosen.summary.by_platform.values() for count in counts.values() if count.eligible]
    wanted = min(sum(min(count.eligible, count.cap, 8) for count in eligible), caps.max_normalized_items)
    assert wanted == len(chosen.items)
    if len(eligible) <= caps.max_normalized_items:
        assert all(count.selected >= 1 for count in eligible)


@given(items=candidates(), caps=small_caps)
def test_the_summary_matches_what_was_selected(items: list[EvidenceItem], caps: Caps) -> None:
    """Numbers of selected items are those of the items, and every candidate is counted exactly once."""
    chosen = bundle(items, caps=caps)
    summary = chosen.summary
    counted = Counter((item.platform.value, item.content_type.value) for item in chosen.items)

    selected = {(p, k): n.selected for p, kinds in summary.by_platform.items() for k, n in kinds.items() if n.selected}
    assert dict(counted) == selected
    assert len(chosen.items) == summary.total_selected
    left_out = summary.excluded_collection_pages + summary.excluded_error_pages + summary.excluded_low_value
    assert len(items) == summary.total_eligible + left_out
    assert summary.total_eligible == sum(n.eligible for kinds in summary.by_platform.values() for n in kinds.values())


@given(items=candidates())
def test_within_a_kind_the_three_newest_are_taken_and_then_the_best(items: list[EvidenceItem]) -> None:
    """What is left out of a kind is neither newer than its newest nor more engaging than its most engaging."""
    chosen = bundle(items, caps=WIDE)
    for platform, content_type in {(i.platform, i.content_type) for i in items if i.platform is not Platform.WEB}:
        taken = [i for i in chosen.items if (i.platform, i.content_type) == (platform, content_type)]
        left = [i for i in items if (i.platform, i.content_type) == (platform, content_type) and i not in taken]
        scores = [engagement(i) for i in taken[3:]]
        assert scores == sorted(scores, reverse=True)
        assert all(engagement(i) <= scores[-1] for i in left)
        dated = [i.published_at for i in taken[:3] if i.published_at]
        assert all(i.published_at is None or all(i.published_at <= d for d in dated) for i in [*taken[3:], *left])


PROGRAM = """
from brandbrain_core import wire
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.policies.bundling import bundle
import sys

items = frozenset(sys.stdin.read().splitlines())
chosen = bundle((wire.loads(text, EvidenceItem) for text in items), caps=Caps(max_normalized_items=9))
sys.stdout.write(wire.dumps(chosen))
"""


def test_the_hash_seed_does_not_matter() -> None:
    """Two processes with different hash seeds, which read the items in different orders, write the same bytes."""
    items = [an_item(f"{c}-{n}", (p, c, kind), days_old=n % 3) for n in range(12) for p, c, kind in KINDS]
    given_items = "\n".join(wire.dumps(item) for item in items)

    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=given_items,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert {wire.dumps(bundle(items, caps=Caps(max_normalized_items=9)))} == outputs
