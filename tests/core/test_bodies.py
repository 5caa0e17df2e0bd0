"""Bodies round stored texts."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.bodies import Enclosed, cut_out
from brandbrain_core.policies.canonical import canonical

texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=10,
)


@given(st.dictionaries(texts, values), st.sets(texts))
def test_what_is_cut_out_is_what_would_be_written(members: dict[str, Any], others: set[str]) -> None:
    """Each wanted member that is there, in its canonical form; nothing else."""
    wanted = {*list(members)[::2], *others}

    cut = cut_out(canonical(members), wanted)

    assert {name: canonical(members[name]) for name in wanted & members.keys()} == cut


@given(texts, texts, texts)
def test_a_body_is_whole_as_text_and_as_bytes(before: str, document: str, after: str) -> None:
    """In the order of its parts."""
    body = Enclosed(before, document.encode(), after)

    assert f"{before}{document}{after}" == str(body)
    assert str(body).encode() == body.encode()
