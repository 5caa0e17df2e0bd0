"""Briefs and answers on the wire: what a synthesizer gets can be written down and read again."""

from __future__ import annotations

import pytest
from cattrs import BaseValidationError

from brandbrain_core import wire
from brandbrain_core.model.answers import Answers
from brandbrain_core.model.draft import Brief
from brandbrain_core.model.platform import SUPPORTED
from brandbrain_core.policies.answers import read
from brandbrain_core.testing.builders.briefs import brief, item_of

GIVEN = {
    "tier0.what_we_do": "We mend sails.",
    "tier2.proof_claims": ["Since 1952", {"claim": "Lloyd's approved", "support": "certificate 7"}],
    "tier2.platform_rules": {"instagram": {"cadence_per_week": 3, "hashtag_policy": {"usage": "minimal"}}},
}


def test_a_brief_comes_back_as_it_was() -> None:
    """With items of every kind, what was counted over them, and answers of every form."""
    items = [item_of(*kind, number, transcript="Which seam?") for number, kind in enumerate(SUPPORTED, start=1)]
    written = brief(items, answers=read(GIVEN))

    assert written == wire.loads(wire.dumps(written), Brief)


@pytest.mark.parametrize("claim", [7, None, ["Since 1952"]])
def test_a_proof_that_is_neither_text_nor_object_is_refused(claim: object) -> None:
    """Both forms of the answer are kept as they are given, and no other."""
    with pytest.raises(BaseValidationError):
        wire.structure({"proof_library": [claim]}, Answers)
