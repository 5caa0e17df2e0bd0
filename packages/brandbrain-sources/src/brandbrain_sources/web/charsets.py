"""
From bytes to text: what the page says of its encoding, unless that is plainly wrong.

In order: the mark at the very beginning, the header, the ``meta`` element, UTF-8; the first that fits all bytes is
taken. If none fits, the encoding is guessed from the bytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

from charset_normalizer import from_bytes

_META: Final = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEAD: Final = 4096
_SAMPLE: Final = 65_536
_SAME_AS: Final = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_WIDE: Final = ("utf_7", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le")
_NO_TEXT: Final = frozenset(
    {"base64", "bz2", "hex", "idna", "mbcs", "oem", "punycode", "quopri", "raw-unicode-escape", "rot13", "undefined"}
    | {"unicode-escape", "utf-7", "uu", "zlib"}
)


def decoded(body: bytes, content_type: str = "") -> str:
    """
    Return *body* as text; never fails: what cannot be read becomes U+FFFD.

    Args:
        content_type: The header as it came, with or without a charset.

    >>> decoded("Müller".encode("latin-1"), "text/html; charset=iso-8859-1"), decoded("Müller".encode())
    ('Müller', 'Müller')
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    stated = tuple(_stated(body, content_type))
    for encoding in dict.fromkeys((*stated, "utf-8")):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode(_guessed(body) or next(iter(stated), "utf-8"), "replace")


def _stated(body: bytes, content_type: str) -> Iterator[str]:
    labels = [match[1] for match in [_HEADER.search(content_type)] if match]
    labels += [match[1].decode("ascii") for match in [_META.search(body[:_HEAD])] if match]
    for label in labels:
        try:
            name = codecs.lookup(label).name
        except LookupError:
            continue
        if name not in _NO_TEXT:
            yield _SAME_AS.get(name, name)


def _guessed(body: bytes) -> str | None:
    best = from_bytes(body[:_SAMPLE], cp_exclusion=list(_WIDE)).best()
    return best.encoding if best else None
