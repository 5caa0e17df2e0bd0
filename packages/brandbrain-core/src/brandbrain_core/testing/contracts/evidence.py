"""What an `EvidenceRepository` promises about reading; about writing see `evidence_upserts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from brandbrain_core.errors import EvidenceNotFound
from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.evidence import EvidenceItem, NormalisedItem
from brandbrain_core.model.platform import ContentType, Platform
from brandbrain_core.policies.evidence_merge import first_seen
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import StoreContract, add_brand, add_source

PAIR = (build.SOURCE, "marrowby1")


class EvidenceContract(StoreContract):
    """Reading evidence: single items, batches, the corpus, pages."""

    async def test_an_item_comes_back_as_it_was_stored(self, store: Store) -> None:
        """Every member, to the microsecond; the id is derived from brand and identity."""
        await _prepare(store)
        item = build.evidence_item(
            published_at=build.NOON + timedelta(microseconds=1),
            media={"type": "video", "duration": 12.5, "music": None, "items": ["a", {"b": 1}]},
            metrics={"likes": 2**40, "score": 0.25},
            flags={"is_coauthored": True, "is_ad": False},
            title="Ünïcode ⛵",
            text_secondary="Spoken.",
            secondary_kind="transcript",
            language="en",
        )
        await _upsert(store, [item])
        async with store.reading() as work:
            assert item == await work.evidence.get(item.id)

    async def test_an_item_of_which_little_is_known(self, store: Store) -> None:
        """What is unknown is None or empty, not something."""
        await _prepare(store)
        page = build.web_page(author_ref=None, title=None, text_primary="")
        await _upsert(store, [page])
        expected = first_seen(
            page, brand_id=build.BRAND, source_id=build.SOURCE, raw_ref=build.raw_ref(1), at=build.NOON
        )
        async with store.reading() as work:
            assert expected == await work.evidence.get(expected.id)

    async def test_an_unknown_item_is_not_found(self, store: Store) -> None:
        """Nothing is made up."""
        async with store.reading() as work:
            with pytest.raises(EvidenceNotFound):
                await work.evidence.get(build.evidence_item().id)

    async def test_a_batch_keeps_the_order_asked(self, store: Store) -> None:
        """Unknown ids are left out; asking for nothing gives nothing."""
        await _prepare(store)
        items = [build.evidence_item(number) for number in range(1, 5)]
        await _upsert(store, items)
        asked = [items[2].id, build.evidence_item(9).id, items[0].id, items[3].id]
        async with store.reading() as work:
            assert (items[2], items[0], items[3]) == await work.evidence.batch(asked)
            assert () == await work.evidence.batch([])

    async def test_the_corpus_is_newest_first(self, store: Store) -> None:
        """By publication descending, unknown last, then by identity, capitals before small letters."""
        await _prepare(store)
        published = {
            "b": build.NOON,
            "B": build.NOON,
            "old": build.NOON - timedelta(days=400),
            "new": build.NOON + timedelta(microseconds=1),
            "z-undated": None,
            "a-undated": None,
            "ä": build.NOON,
        }
        items = [build.normalised_item(external_id=name, published_at=at) for name, at in published.items()]
        await _upsert(store, items)
        async with store.reading() as work:
            corpus = await work.evidence.corpus(build.BRAND, [PAIR], limit=99)
            first = await work.evidence.corpus(build.BRAND, [PAIR], limit=2)
        assert ["new", "B", "b", "ä", "old", "a-undated", "z-undated"] == _names(corpus)
        assert ["new", "B"] == _names(first)

    async def test_the_corpus_has_what_was_seen_under_these_pairs(self, store: Store) -> None:
        """Not what was seen under another source, or another identifier of the same one; and each item once."""
        await _prepare(store)
        await add_source(store, 2)
        pairs = {"a": PAIR, "b": (build.SOURCE, "renamed"), "c": (build.source_id(2), "marrowby2")}
        async with store.transaction() as work:
            for name, (source, identifier) in pairs.items():
                item = build.normalised_item(external_id=name)
                sighting = build.sighting(item, source_id=source, identifier=identifier)
                await work.evidence.upsert(build.BRAND, [sighting], at=build.NOON)
            again = build.sighting(build.normalised_item(external_id="a"), source_id=build.source_id(2))
            await work.evidence.upsert(build.BRAND, [again], at=build.NOON)
        async with store.reading() as work:
            assert ["a"] == _names(await work.evidence.corpus(build.BRAND, [PAIR], limit=9))
            assert ["b"] == _names(await work.evidence.corpus(build.BRAND, [pairs["b"]], limit=9))
            mixed = [PAIR, (build.source_id(2), "marrowby1"), pairs["c"]]
            assert ["a", "c"] == _names(await work.evidence.corpus(build.BRAND, mixed, limit=9))
            assert [] == _names(await work.evidence.corpus(build.BRAND, [(build.SOURCE, "marrowby2")], limit=9))
            assert [] == _names(await work.evidence.corpus(build.BRAND, [], limit=9))

    async def test_the_corpus_has_no_other_brands_items(self, store: Store) -> None:
        """Not even if it is asked for them by their source."""
        await _prepare(store)
        await add_brand(store, 2)
        await _upsert(store, [build.evidence_item()])
        async with store.reading() as work:
            assert () == await work.evidence.corpus(build.brand_id(2), [PAIR], limit=9)

    async def test_brands_have_items_of_their_own(self, store: Store) -> None:
        """The same post of two brands is two items, which do not touch each other."""
        await _prepare(store)
        await add_brand(store, 2)
        await add_source(store, 2, brand_id=build.brand_id(2))
        await _upsert(store, [build.normalised_item(title="One")])
        async with store.transaction() as work:
            other = build.sighting(build.normalised_item(title="Two"), source_id=build.source_id(2))
            await work.evidence.upsert(build.brand_id(2), [other], at=build.NOON)
        async with store.reading() as work:
            titles = []
            for brand in (build.BRAND, build.brand_id(2)):
                assert 1 == await work.evidence.count(brand)
                (item,) = await work.evidence.page(brand, platform=None, content_type=None, after=None, limit=9)
                titles.append(item.title)
        assert ["One", "Two"] == titles

    async def test_pages_follow_the_corpus_order(self, store: Store) -> None:
        """Without gap or overlap, also across equal and unknown times of publication."""
        await _prepare(store)
        times = [build.NOON, build.NOON, build.NOON + timedelta(1), None, None, build.NOON, None]
        await _upsert(
            store,
            [build.normalised_item(external_id=f"p{n}", published_at=at) for n, at in enumerate(times)],
        )
        async with store.reading() as work:
            corpus = await work.evidence.corpus(build.BRAND, [PAIR], limit=99)
        for size in (1, 2, 3, 99):
            assert corpus == tuple(await _page_through(store, size))

    async def test_pages_can_be_filtered(self, store: Store) -> None:
        """By platform, by content type, by both; a cursor need not match the filter."""
        await _prepare(store)
        reel = build.normalised_item(2, content_type=ContentType.REEL, published_at=build.NOON - timedelta(1))
        post, page = build.normalised_item(1), build.web_page(3)
        await _upsert(store, [post, reel, page])

        async def names(
            platform: Platform | None, kind: ContentType | None, after: EvidenceId | None = None
        ) -> list[str]:
            async with store.reading() as work:
                items = await work.evidence.page(
                    build.BRAND, platform=platform, content_type=kind, after=after, limit=9
                )
            return _names(items)

        assert ["post-1", "post-2"] == await names(Platform.INSTAGRAM, None)
        assert ["post-2"] == await names(None, ContentType.REEL)
        assert ["post-2"] == await names(Platform.INSTAGRAM, ContentType.REEL)
        assert [] == await names(Platform.WEB, ContentType.REEL)
        assert [page.canonical_url] == await names(Platform.WEB, None, build.evidence_item(1).id)

    async def test_nothing_is_behind_an_item_that_is_not_there(self, store: Store) -> None:
        """Neither behind an unknown one nor behind another brand's."""
        await _prepare(store)
        await add_brand(store, 2)
        await _upsert(store, [build.evidence_item(1), build.evidence_item(2)])
        async with store.reading() as work:
            for brand, after in ((build.BRAND, 9), (build.brand_id(2), 1)):
                assert () == await work.evidence.page(
                    brand, platform=None, content_type=None, after=build.evidence_item(after).id, limit=9
                )


async def _prepare(store: Store) -> None:
    await add_brand(store)
    await add_source(store)


async def _upsert(store: Store, items: Sequence[NormalisedItem]) -> None:
    """Store items as seen by the first source; item n in raw item n."""
    sightings = [build.sighting(item, raw_ref=build.raw_ref(number)) for number, item in enumerate(items, 1)]
    async with store.transaction() as work:
        await work.evidence.upsert(build.BRAND, sightings, at=build.NOON)


async def _page_through(store: Store, size: int) -> list[EvidenceItem]:
    items: list[EvidenceItem] = []
    async with store.reading() as work:
        while True:
            after = items[-1].id if items else None
            page = await work.evidence.page(build.BRAND, platform=None, content_type=None, after=after, limit=size)
            items += page
            if len(page) < size:
                return items


def _names(items: Sequence[NormalisedItem]) -> list[str]:
    return [item.identity for item in items]
