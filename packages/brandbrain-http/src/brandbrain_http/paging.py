"""Pages: by number, or behind a cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import attrs

from brandbrain_http.call import Call
from brandbrain_http.errors import HttpError, bad_request

T = TypeVar("T")

LIMIT: Final = 100
"""Entries of a list that is paged by cursor, and the most that can be asked for."""

PAGE_SIZE: Final = 10
PAGE_SIZE_MAX: Final = 50
_DIGITS_MAX: Final = 4000
"""A number of more digits is cut: Python refuses to read numbers much longer."""


@attrs.frozen(kw_only=True)
class Page:
    """A page by number, from 1; *size* entries each."""

    page: int
    size: int

    @property
    def offset(self) -> int:
        """How many entries come before it."""
        return (self.page - 1) * self.size


def page_of(call: Call) -> Page:
    """
    Return the page that is asked for: at least 1, of 1 to 50 entries.

    Raises:
        HttpError: 400 ``Invalid pagination params`` for what is no integer.
    """
    page = max(_integer(call, "page", 1), 1)
    return Page(page=page, size=min(max(_integer(call, "page_size", PAGE_SIZE), 1), PAGE_SIZE_MAX))


def limit_of(call: Call) -> int:
    """Return how many entries of a list are asked for, 1 to `LIMIT`; errors as `page_of`."""
    return min(max(_integer(call, "limit", LIMIT), 1), LIMIT)


def cursor_of(call: Call, read: Callable[[str], T]) -> T | None:
    """Return the cursor, None if there is none; raise a 400 ``Invalid cursor`` where *read* raises ValueError."""
    text = call.query("cursor")
    if text is None or text == "":
        return None
    try:
        return read(text)
    except ValueError:
        raise bad_request("Invalid cursor", "invalid_cursor") from None


def uuid_cursor(text: str) -> UUID:
    """Return a cursor that is an id; raise ValueError."""
    return UUID(text)


def version_cursor(text: str) -> int:
    """Return a cursor that is the number of a version; raise ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(1 << 62))):
        raise ValueError(text)
    return min(int(text), 1 << 31)


def cut(entries: Sequence[T], limit: int) -> tuple[Sequence[T], bool]:
    """
    Return up to *limit* of the entries, and whether there are more.

    >>> cut([1, 2, 3], 2)
    ([1, 2], True)
    """
    return entries[:limit], len(entries) > limit


def link_to_next(call: Call, cursor: object) -> dict[str, str]:
    """Return the header that names the address of what comes behind *cursor*, all else as it was asked for."""
    asked = [(name, value) for name, value in call.request.query_params.multi_items() if name != "cursor"]
    query = urlencode([*asked, ("cursor", str(cursor))])
    return {"Link": f'<{call.request.scope["path"]}?{query}>; rel="next"'}


def _integer(call: Call, name: str, default: int) -> int:
    text = call.query(name)
    if text is None:
        return default
    digits = text.strip().removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise _not_an_integer()
    number = int(digits[:_DIGITS_MAX])
    return -number if text.strip().startswith("-") else number


def _not_an_integer() -> HttpError:
    return bad_request("Invalid pagination params", "invalid_pagination")
