"""Which items are shown as examples."""

from __future__ import annotations

from typing import Any

import pytest

from brandbrain_core.model.caps import Caps
from brandbrain_core.model.evidence import EvidenceItem, SecondaryKind
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.policies.bundling import bundle
from brandbrain_core.synthesis.examples import canonical_evidence
from brandbrain_core.testing import build

TEXT = "We mended a sail today, and it was a good day."
REEL = {"capability": Capability.REELS, "content_type": ContentType.REEL}
LINKEDIN = {
    "platform": Platform.LINKEDIN,
    "capability": Capability.COMPANY_POSTS,
    "content_type": ContentType.TEXT_POST,
}


def a_post(number: int, **changes: Any) -> EvidenceItem:
    """Post *number*, long enough to be an example."""
    return build.evidence_item(number, **{"text_primary": TEXT, "metrics": {}, **changes})


def chosen(*items: EvidenceItem) -> list[int]:
    """The numbers of the examples among these items."""
    found = canonical_evidence(bundle(items, caps=Caps()).items)
    return [items.index(item) for one in found for item in items if item.id == one]


def test_kinds_take_turns() -> None:
    """The best of each kind comes before the second of any."""
    items = [a_post(n, metrics={"likes": 9 - n}) for n in range(4)] + [a_post(9, **REEL), a_post(10, **LINKEDIN)]

    assert [0, 4, 5, 1, 2, 3] == chosen(*items, a_post(8))


def test_the_most_engaging_of_a_kind_comes_first() -> None:
    """Engagement is compared within a kind, where it can be."""
    loud, quiet = a_post(1, metrics={"likes": 90}), a_post(2, metrics={"likes": 3})

    assert [1, 0] == chosen(quiet, loud)


def test_a_transcript_comes_before_engagement() -> None:
    """What is said tells more than how often it was liked."""
    spoken = a_post(1, **REEL, text_secondary="We mend.", secondary_kind=SecondaryKind.TRANSCRIPT)
    liked = a_post(2, **REEL, metrics={"likes": 90})

    assert [1, 0] == chosen(liked, spoken)


@pytest.mark.parametrize(
    "changes",
    [
        {"text_primary": "Sails."},
        {"flags": {"is_ad": True}},
        {"flags": {"is_coauthored": True}},
        {"flags": {"is_sponsored": True}},
        {"platform": Platform.WEB, "content_type": ContentType.WEB_PAGE},
    ],
)
def test_some_items_are_no_examples(changes: dict[str, Any]) -> None:
    """Hardly any words, an advertisement, somebody else's post, a page with little to say."""
    assert [1] == chosen(a_post(1, **changes), a_post(2))
