"""
Reading members that may be absent, null or of a wrong type: what cannot be read is None, never an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urljoin

from brandbrain_core.errors import InvalidIdentifier
from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.policies.identifiers import normalise_url
from brandbrain_core.policies.storable import storable
from brandbrain_core.policies.text import clip

MAX_TITLE: Final = 500
MAX_AUTHOR: Final = 255
MAX_ID: Final = 255
MAX_URL: Final = 2000
MAX_TAG: Final = 100
MAX_TAGS: Final = 100

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COUNT: Final = re.compile(r"[0-9]{1,15}")
_NUMBER: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")
_CLOCK: Final = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:\.\d+)?")
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2})(?:[-_].*)?", re.DOTALL)
_LARGEST: Final = 10**15


def member(value: JsonValue, *path: str) -> JsonValue:
    """
    Return what lies at *path* inside objects; None where there is nothing, or no object on the way.

    >>> member({"a": {"b": 1}}, "a", "b"), member({"a": None}, "a", "b")
    (1, None)
    """
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def objects(value: JsonValue) -> list[JsonObject]:
    """Return the objects in a list; a single object counts as a list of one."""
    if isinstance(value, Mapping):
        return [value]
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def text(value: JsonValue) -> str | None:
    r"""
    Return a string without NUL and without blanks around it; None if nothing is left.

    >>> text(" a\0b "), text("  "), text(7)
    ('ab', None, None)
    """
    return (storable(value).strip() or None) if isinstance(value, str) else None


def clipped(value: JsonValue, limit: int) -> str | None:
    """Return `text` cut to *limit* characters."""
    found = text(value)
    return (clip(found, limit).strip() or None) if found is not None else None


def one_line(value: JsonValue, limit: int) -> str | None:
    """
    Return `text` with every run of blanks as one space, cut to *limit* characters.

    >>> one_line("Sails\\n  and bags", 500)
    'Sails and bags'
    """
    found = text(value)
    return clipped(" ".join(found.split()), limit) if found is not None else None


def identity(value: JsonValue) -> str | None:
    """
    Return an id, given as a string or a whole number; None if there is none, or it is too long to be one.

    >>> identity(42), identity(" 42 "), identity(True), identity("")
    ('42', '42', None, None)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 0 < value < 10**60 else None
    found = text(value)
    return found if found is not None and len(found) <= MAX_ID else None


def count(value: JsonValue) -> int | None:
    """
    Return a count; None where it is unknown: absent, hidden (-1), or of a wrong type.

    >>> count(3), count("3"), count(0), count(-1), count(True), count("many"), count(2.0)
    (3, 3, 0, None, None, None, 2)
    """
    if isinstance(value, str) and _COUNT.fullmatch(value.strip()):
        return int(value)
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def number(value: JsonValue) -> int | float | None:
    """
    Return a number that is not negative; None otherwise.

    >>> number(44.9), number("1.5"), number(float("nan")), number(-0.5)
    (44.9, 1.5, None, None)
    """
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) and 0 <= value < _LARGEST else None


def seconds(value: JsonValue) -> int | float | None:
    """
    Return a duration in seconds, given as a number or as ``HH:MM:SS`` or ``MM:SS``.

    >>> seconds("00:27:11"), seconds("12:34"), seconds(73), seconds("soon")
    (1631, 754, 73, None)
    """
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return number(value)
    return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])


def flag(value: JsonValue) -> bool | None:
    """
    Return a truth value, given as one or as the words ``true`` and ``false``; None otherwise.

    >>> flag(True), flag("False"), flag(1), flag("yes")
    (True, False, None, None)
    """
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def moment(value: JsonValue) -> datetime | None:
    """
    Return a time given in ISO 8601, in UTC; one without a zone is taken for UTC.

    >>> moment("2026-04-11T09:30:00+01:00").isoformat(), moment("2026-03-01").isoformat(), moment("yesterday")
    ('2026-04-11T08:30:00+00:00', '2026-03-01T00:00:00+00:00', None)
    """
    found = text(value)
    if found is None or len(found) > 40:
        return None
    try:
        parsed = datetime.fromisoformat(found)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def moment_of_epoch(value: JsonValue, *, per_second: int = 1) -> datetime | None:
    """
    Return the time so many seconds, or parts of a second, after 1970.

    >>> moment_of_epoch(1767812409202, per_second=1000).isoformat()
    '2026-01-07T19:00:09.202000+00:00'
    """
    found = number(value)
    if found is None or found == 0:
        return None
    try:
        return _EPOCH + timedelta(microseconds=round(found * 1_000_000 / per_second))
    except OverflowError:
        return None


def web_url(value: JsonValue) -> str | None:
    """
    Return an http(s) URL as it stands; None if it is none, or longer than 2,000 characters.

    >>> web_url(" https://example.com/p/1/ "), web_url("ftp://example.com"), web_url("example.com")
    ('https://example.com/p/1/', None, None)
    """
    found = text(value)
    if found is None or not found.lower().startswith(("http://", "https://")) or page_url(found) is None:
        return None
    return found if len(found) <= MAX_URL else None


def linked_url(value: JsonValue, base: str | None) -> str | None:
    """
    Return the http(s) URL that *value* is, or leads to from the page at *base*.

    >>> linked_url("/img/a.svg", "https://example.com/blog"), linked_url("/img/a.svg", None)
    ('https://example.com/img/a.svg', None)
    """
    found = text(value)
    if found is None or base is None:
        return web_url(found)
    try:
        return web_url(urljoin(base, found))
    except ValueError:
        return None


def page_url(value: JsonValue) -> str | None:
    """
    Return an http(s) URL in its one spelling; None if it is none, or longer than 2,000 characters.

    >>> page_url("HTTPS://Example.com/a/#b"), page_url("no url")
    ('https://example.com/a', None)
    """
    found = text(value)
    try:
        return normalise_url(found) if found is not None else None
    except InvalidIdentifier:
        return None


def without_query(url: str | None) -> str | None:
    """
    Return *url* without its query and fragment, where platforms put what they track us by.

    >>> without_query("https://www.linkedin.com/posts/a-1?utm_source=share#c")
    'https://www.linkedin.com/posts/a-1'
    """
    return None if url is None else url.partition("#")[0].partition("?")[0]


def language(value: JsonValue) -> str | None:
    """
    Return the two letters of a language code.

    >>> language("en-US"), language("und"), language(None)
    ('en', None, None)
    """
    found = text(value)
    match = _LANGUAGE.fullmatch(found) if found is not None else None
    return match[1].lower() if match and match[1].lower() != "un" else None


def tags(values: Iterable[JsonValue]) -> tuple[str, ...]:
    """
    Return hashtags without their ``#``, in order, each once in its first spelling.

    >>> tags(["#Sails", "sails", "", None, "mend first"])
    ('Sails', 'mend first')
    """
    found: dict[str, str] = {}
    for value in values:
        name = clipped((text(value) or "").lstrip("#＃"), MAX_TAG)
        if name is not None:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())[:MAX_TAGS]


def present(members: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return those of *members* that are known: neither None nor empty."""
    return {name: value for name, value in members.items() if value is not None and value not in ("", [])}
