"""Layers of changes: as a plain dict and a plain sorted list, and nobody else sees them before their commit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.memory.layers import ReadOnly, SortedIndex, Table

keys = st.integers(0, 6)


@given(
    before=st.dictionaries(keys, st.text(max_size=2)), writes=st.lists(st.tuples(keys, st.none() | st.text(max_size=2)))
)
def test_a_table_is_a_dict_with_a_layer(before: dict[int, str], writes: list[tuple[int, str | None]]) -> None:
    """After any writes (None: a deletion) it reads as a dict would; the committed rows change with the commit."""
    committed, expected = dict(before), dict(before)
    table: Table[int, str] = Table(committed, writable=True)
    for key, value in writes:
        if value is None:
            table.pop(key, None)
            expected.pop(key, None)
        else:
            table[key] = expected[key] = value
    assert expected == dict(table)
    assert (len(expected), [key in expected for key in range(7)]) == (len(table), [key in table for key in range(7)])
    assert before == committed
    table.commit()
    assert expected == committed


@given(before=st.sets(keys), toggles=st.lists(keys))
def test_an_index_is_a_sorted_list_with_a_layer(before: set[int], toggles: list[int]) -> None:
    """After adding what is not there and removing what is, it is in order; the commit changes the committed keys."""
    committed, expected = sorted(before), set(before)
    index: SortedIndex[int] = SortedIndex(committed, writable=True)
    for key in toggles:
        (index.remove if key in expected else index.add)(key)
        expected ^= {key}
    assert sorted(expected) == list(index)
    assert sorted(before) == committed
    index.commit()
    assert sorted(expected) == committed


@pytest.mark.parametrize("closed", [True, False])
def test_writing_where_it_is_not_allowed(closed: bool) -> None:
    """In a transaction that only reads, or has ended, it is an error."""
    table: Table[int, Any] = Table({1: "one"}, writable=closed)
    index: SortedIndex[int] = SortedIndex([1], writable=closed)
    table.close()
    index.close()
    for write in (
        lambda: table.update({2: "two"}),
        lambda: table.pop(1),
        lambda: index.add(2),
        lambda: index.remove(1),
    ):
        with pytest.raises(ReadOnly):
            write()
    assert ({1: "one"}, [1]) == (dict(table), list(index))
