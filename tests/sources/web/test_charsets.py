"""Bytes to text."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_sources.web.charsets import decoded

PROSE = "Größe, Maß und Übung: das Tuch läßt sich über Nacht trocknen. Die Näherin prüft die Nähte. " * 4


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PROSE.encode(), "text/html"),
        (PROSE.encode(), "text/html; charset=utf-8"),
        (PROSE.encode("latin-1"), "text/html; charset=ISO-8859-1"),
        (PROSE.encode("latin-1"), "text/html; charset=utf-8"),
        (PROSE.encode("latin-1"), "text/html; charset=no-such"),
        (PROSE.encode(), "text/html; charset=idna"),
        (codecs.BOM_UTF8 + PROSE.encode(), "text/html; charset=latin-1"),
        (codecs.BOM_UTF16_LE + PROSE.encode("utf-16-le"), ""),
    ],
)
def test_text_is_read_even_where_the_header_is_wrong(body: bytes, content_type: str) -> None:
    """The stated encoding counts if it fits; else another is found."""
    assert PROSE == decoded(body, content_type)


def test_the_meta_element_counts_where_the_header_says_nothing() -> None:
    """A Cyrillic page that names its encoding only inside."""
    page = '<meta charset="windows-1251"><p>Паруса'

    assert page == decoded(page.encode("cp1251"), "text/html")


@given(
    st.binary(max_size=300), st.sampled_from(["", "text/html; charset=utf-16", "x; charset=punycode", "charset=zlib"])
)
def test_no_bytes_fail(body: bytes, content_type: str) -> None:
    """Whatever comes, text comes out."""
    assert isinstance(decoded(body, content_type), str)
