"""Pillars by rules: the brand's own described, others found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from brandbrain_core.model.answers import Answers
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.draft import Brief, DraftPillar
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.bundling import bundle
from brandbrain_core.policies.features import report
from brandbrain_core.synthesis.pillars import pillars
from brandbrain_core.testing import build

WINTER = "Book a winter check: chalk on every seam. #wintercheck"
BAGS = "From retired sails we sew bags; each has a logbook card."
BREAD = "Rye bread, and the sourdough starter."
IDLE = ("Rain.", "Gulls on the harbour wall.", "Kettle on.", "The ferry was late.", "Fog until noon.")


def posts(*texts: str, **changes: Any) -> list[EvidenceItem]:
    """Posts with these texts, newest first."""
    return [
        build.evidence_item(
            number,
            **{
                "text_primary": text,
                "hashtags": (),
                "published_at": build.NOON - timedelta(days=number),
                **changes,
            },
        )
        for number, text in enumerate(texts)
    ]


def found(items: Sequence[EvidenceItem], *seeds: str, taboos: tuple[str, ...] = ()) -> dict[str, DraftPillar]:
    """The proposed pillars by name."""
    brief = Brief(
        answers=Answers(pillars_seed=seeds, taboos=taboos),
        bundle=bundle(items, caps=Caps()),
        corpus=tuple(items),
        features=report(items),
        platforms=(),
    )
    return {pillar.name.value: pillar for pillar in pillars(brief)}


def test_a_seed_is_described_from_the_items_that_mention_it() -> None:
    """How many there are, what goes with it, and the items themselves."""
    items = posts(*[WINTER] * 3, *IDLE)

    pillar = found(items, "Winter check")["Winter check"]

    assert "Comes up in 3 of 8 items, often together with" in pillar.description.value
    assert {"chalk", "seam"} <= set(pillar.themes.value)
    assert {item.id for item in items[:3]} == set(pillar.description.evidence)


@pytest.mark.parametrize(
    ("seed", "text"),
    [
        ("Retired sails become bags", "A bag made from one retired sail."),
        ("Winter checks", "A winter check."),
        ("Palm-and-needle evenings", "An evening with palm and needle."),
        ("Palm-and-needle", "#palmandneedle"),
        ("Stories", "One story."),
        ("Winter check", "Two winter checks."),
        ("Rope, chalk and brass", "Brass on a rope."),
    ],
)
def test_a_seed_is_recognised_in_other_words(seed: str, text: str) -> None:
    """Most of its words in any order and number will do, or its hashtag."""
    pillar = found(posts(*[text] * 4, *IDLE), seed)[seed]

    assert pillar.description.value.startswith("Comes up in 4 of 9 items")


@pytest.mark.parametrize("text", ["A winter storm.", "Please check.", "Winters are long."])
def test_half_a_seed_is_not_the_seed(text: str) -> None:
    """Of two words both must be there, of three two."""
    pillars_found = found(posts(*[text] * 4, *IDLE), "Winter check", "Winter rope brass")

    assert {} == pillars_found


def test_a_seed_that_one_item_mentions_is_left_to_the_answers() -> None:
    """A single item describes no pillar."""
    assert "Winter check" not in found(posts(WINTER, *IDLE), "Winter check")


def test_pillars_are_found_in_what_recurs() -> None:
    """Subjects that come up together are one pillar, others another; what comes up once is none."""
    items = posts(*[WINTER] * 4, *[BAGS] * 4, *IDLE)

    names = found(items)

    assert {"Winter check"} <= set(names)
    assert 2 == len(names)
    (bags,) = set(names) - {"Winter check"}
    assert bags in {"Retired sails", "Logbook card"}
    assert {item.id for item in items[4:8]} == set(names[bags].name.evidence)


def test_a_found_pillar_is_spelled_as_the_items_spell_it() -> None:
    """Capitals and hyphens are theirs; the first letter is a capital."""
    items = posts(*["The Ice-House MUSEUM, with its rope."] * 4, *IDLE)

    assert ["Ice-House MUSEUM"] == list(found(items))


def test_what_belongs_to_a_seed_makes_no_second_pillar() -> None:
    """The themes of a pillar that the brand named are not proposed again under another name."""
    items = posts(*[WINTER] * 4, *[BAGS] * 4, *IDLE)

    names = set(found(items, "Winter check"))

    assert "Winter check" in names
    assert names.isdisjoint({"Chalk", "Seam", "Wintercheck"})
    assert 2 == len(names)


def test_a_part_of_a_seed_makes_no_pillar_of_its_own() -> None:
    """A word of a pillar that the brand named is not proposed beside it, even where the items say only that word."""
    items = posts(*["Rigging. Tide."] * 5, *IDLE)

    assert "Rigging" in found(items)
    assert "Rigging" not in found(items, "Winter rigging check")


def test_seeds_come_first_and_five_pillars_are_enough() -> None:
    """The brand's own come in its order, and with five of them nothing is added."""
    subjects = ["Harbour light", "Ice house", "Palm leather", "Chalk line", "Copper rivet", "Winter check"]
    items = posts(*[f"{subject}, and the {subject[::-1]}." for subject in subjects for _ in range(4)])

    names = list(found(items, *reversed(subjects[:5])))

    assert list(reversed(subjects[:5])) == names


def test_subjects_of_one_word_are_one_pillar_if_they_go_together() -> None:
    """Two names with a common word are two pillars only where they are about different items."""
    tar, wax = "Brass rivets: tar.", "Brass hooks: wax."
    together = posts(*[f"{tar} {wax}", tar, wax] * 3, *IDLE)
    apart = posts(*[tar, wax] * 5, *IDLE)

    assert 1 == len({"Brass rivets", "Brass hooks"} & set(found(together)))
    assert {"Brass rivets", "Brass hooks"} <= set(found(apart))


def test_a_part_of_the_name_is_no_theme() -> None:
    """The themes say what the name does not."""
    items = posts(*["Rope locker, with tar."] * 5, *["Rope."] * 4, *IDLE)

    assert ("tar",) == found(items)["Rope locker"].themes.value


def test_a_taboo_is_neither_a_pillar_nor_a_theme() -> None:
    """What the brand never says is not found in its items either."""
    items = posts(*["Luxury sails: a luxury loft, with rivets of brass."] * 5, *IDLE)

    for name, pillar in found(items, taboos=("luxury",)).items():
        assert "luxury" not in f"{name} {pillar.themes.value}".lower()


def test_a_rare_subject_is_no_pillar_of_a_large_corpus() -> None:
    """Four of forty-four items are too few to speak of a pillar, five are enough."""
    items = posts(*[BREAD] * 4, *[f"{text} {number}" for number in range(8) for text in IDLE])

    assert {"Rye bread", "Sourdough starter"}.isdisjoint(found(items))
    assert {"Rye bread", "Sourdough starter"} & set(found([*items[1:], *posts(*[BREAD] * 2, external_id="more")]))


def test_the_platform_is_named_where_a_pillar_lives() -> None:
    """A subject that is mostly on one of several platforms says so."""
    items = posts(*[WINTER] * 4) + posts(*IDLE, platform=Platform.LINKEDIN)

    assert ", mostly on Instagram" in found(items)["Winter check"].description.value


def test_evidence_begins_with_the_item_that_tells_most() -> None:
    """The item with the most themes comes first, then the newer ones."""
    items = posts("Winter check.", "Winter check: chalk.", "Winter check: chalk on a seam.", WINTER, *IDLE)

    assert items[2].id == found(items, "Winter check")["Winter check"].name.evidence[0]
