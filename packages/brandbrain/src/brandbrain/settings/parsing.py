"""How the text of a setting becomes its value; a bad one is a `ValueError` that says what would be good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

T = TypeVar("T")

_TRUE: Final = frozenset({"true", "1", "yes", "on"})
_FALSE: Final = frozenset({"false", "0", "no", "off", ""})


def text(raw: object) -> str:
    """Return non-blank text, trimmed."""
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError("must be text that is not blank")
    return raw.strip()


def optional_text(raw: object) -> str | None:
    """Return text, trimmed; blank: None."""
    if not isinstance(raw, str):
        raise ValueError("must be text")
    return raw.strip() or None


def blank_or_text(raw: object) -> str:
    """Return text, trimmed, which may be blank."""
    return optional_text(raw) or ""


def switch(raw: object) -> bool:
    """
    Return whether something is on.

    >>> switch("Yes"), switch("off"), switch(True)
    (True, False, True)
    """
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("must be true, 1, yes, on or false, 0, no, off")
    return word in _TRUE


def positive(raw: object) -> int:
    """
    Return a whole number of 1 or more.

    >>> positive("8")
    8
    """
    number = whole(raw)
    if number < 1:
        raise ValueError("must be a positive integer")
    return number


def whole(raw: object) -> int:
    """Return a whole number of 0 or more."""
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise ValueError("must be a positive integer")
    digits = str(raw).strip()
    if not digits.isascii() or not digits.isdigit():
        raise ValueError("must be a positive integer")
    return int(digits)


def port(raw: object) -> int:
    """Return a TCP port, 0 to 65535; 0: any free one."""
    number = whole(raw)
    if number > 65_535:
        raise ValueError("must be a port from 0 to 65535")
    return number


def seconds(raw: object) -> float:
    """Return a duration in seconds, more than 0."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError("must be a number of seconds")
    try:
        number = float(raw)
    except ValueError:
        raise ValueError("must be a number of seconds") from None
    if not 0 < number < float("inf"):
        raise ValueError("must be a number of seconds above 0")
    return number


def names(raw: object) -> tuple[str, ...]:
    """
    Return a comma list, or a list; blanks are left out.

    >>> names("localhost, 127.0.0.1,")
    ('localhost', '127.0.0.1')
    """
    parts = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("must be a comma list")
    return tuple(part.strip() for part in parts if part.strip())


def one_of(*allowed: str) -> Callable[[object], str]:
    """Return a parser of one of these words."""

    def parse(raw: object) -> str:
        word = str(raw).strip().lower()
        if word not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return word

    return parse


def orders(raw: object) -> Mapping[str, tuple[str, ...]]:
    """
    Return names in order by kind of source.

    >>> orders("web.crawl_pages=web,file; instagram.posts=file")
    {'web.crawl_pages': ('web', 'file'), 'instagram.posts': ('file',)}
    """
    if isinstance(raw, Mapping):
        return {str(kind): names(order) for kind, order in raw.items()}
    if not isinstance(raw, str):
        raise ValueError("must be like web.crawl_pages=web,file; instagram.posts=file")
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in raw.split(";"))):
        kind, equals, order = part.partition("=")
        if not equals or kind.strip().count(".") != 1:
            raise ValueError("must be like web.crawl_pages=web,file; instagram.posts=file")
        found[kind.strip()] = names(order)
    return found
