"""Reading what a client sends: bounded, strict, and never a reason for a 500."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, Final, NoReturn
from uuid import UUID

from starlette.requests import ClientDisconnect, Request

from brandbrain_http.errors import HttpError, bad_request

MAX_BODY: Final = 1024 * 1024
MAX_DEPTH: Final = 32
THROWN_AWAY: Final = 16 * MAX_BODY
"""How much of a body that is too large is read all the same."""

BODY_SECONDS: Final = "brandbrain.body_seconds"
REFUSAL: Final = "brandbrain.refusal"
"""
Under these names there stand in the ASGI scope how long a body may take, and what is wrong with one that our own server
could not read to its end: an `HttpError`.
"""

CLOSE: Final = (("Connection", "close"),)
"""Header of an answer to a request that did not come in as a whole."""

_BODY: Final = "brandbrain.body"
_SECONDS: Final = 30.0
_DIGITS: Final = 18
_UUID_LENGTH: Final = 36


def id_of(request: Request, name: str, shown: str) -> UUID:
    """
    Return the id in the path; raise a 400 ``Invalid {shown}`` unless it is a canonical UUID, in any case.

    Args:
        request: The request.
        name: Of the path parameter.
        shown: The name in the error's text, e.g. ``brand_id``.
    """
    return uuid_of(request.path_params[name], shown)


def uuid_of(text: Any, shown: str) -> UUID:
    """Return *text* as an id; raise a 400 as `id_of`."""
    try:
        if isinstance(text, str) and len(text) == _UUID_LENGTH:
            found = UUID(text)
            if str(found) == text.lower():
                return found
    except ValueError:
        pass
    raise bad_request(f"Invalid {shown}", f"invalid_{shown}")


async def object_of(request: Request, *, may_be_empty: bool = False) -> Mapping[str, Any]:
    """
    Return the JSON object in the body.

    Args:
        request: The request.
        may_be_empty: Whether no body at all stands for ``{}``.

    Raises:
        HttpError: 413 over 1 MiB; 400 ``Invalid JSON body`` or ``Request body must be an object``.
    """
    body = await body_of_request(request)
    if may_be_empty and not body.strip():
        return {}
    data = parse(body)
    if not isinstance(data, dict):
        raise bad_request("Request body must be an object", "not_an_object")
    return data


def parse(body: bytes) -> Any:
    """
    Return the JSON in *body*; raise a 400 for anything that is not plain JSON in UTF-8, nested at most 32 deep.

    NaN and infinity, lone surrogates and NUL characters are refused, since no database would take them.
    """
    try:
        text = body.decode("utf-8")
        if _too_deep(text):
            _refuse()
        data = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        raise bad_request("Invalid JSON body", "invalid_json") from None
    if "\\u" in text and not _is_storable(data):
        raise bad_request("Invalid JSON body", "invalid_json")
    return data


async def body_of_request(request: Request) -> bytes:
    """
    Return the body, up to 1 MiB, counted while it comes in; it may be asked for again.

    Raises:
        HttpError: 413 for a longer one. What comes in of it is thrown away for a while first: a client that is still
            sending would not see the answer. 408 for one that takes too long, 400 for one that cannot be read.
    """
    known: bytes | None = request.scope.get(_BODY)
    if known is None:
        known = request.scope[_BODY] = await _received(request)
    return known


def too_slow() -> HttpError:
    """Return the answer to a client that takes too long to ask: a 408."""
    return HttpError(408, "The request did not arrive in time", "request_timeout", headers=CLOSE)


async def _received(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    too_large = declared.isascii() and declared.isdigit() and int(declared[:_DIGITS]) > MAX_BODY
    if too_large and "expect" in request.headers:
        raise _too_large()
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(request.scope.get(BODY_SECONDS, _SECONDS)):
            async for chunk in request.stream():
                size += len(chunk)
                too_large = too_large or size > MAX_BODY
                if not too_large:
                    chunks.append(chunk)
                elif size > THROWN_AWAY:
                    break
    except ClientDisconnect:
        raise bad_request("The client went away", "client_disconnected") from None
    except TimeoutError:
        raise _too_large() if too_large else too_slow() from None
    if too_large:
        raise _too_large()
    if (refusal := request.scope.get(REFUSAL)) is not None:
        raise refusal
    return b"".join(chunks)


def _too_large() -> HttpError:
    return HttpError(413, "Request body is too large: at most 1 MiB", "payload_too_large", headers=CLOSE)


def _too_deep(text: str) -> bool:
    """Tell whether brackets outside strings nest deeper than allowed, without parsing recursively."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = not escaped and character == "\\"
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif character in "]}":
            depth -= 1
    return False


def _is_storable(data: Any) -> bool:
    if isinstance(data, str):
        return "\x00" not in data and not any("\ud800" <= c <= "\udfff" for c in data)
    if isinstance(data, dict):
        return all(_is_storable(key) and _is_storable(value) for key, value in data.items())
    if isinstance(data, list):
        return all(_is_storable(value) for value in data)
    return True


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        _refuse()
    return number


def _refuse_constant(_: str) -> NoReturn:
    _refuse()


def _refuse() -> NoReturn:
    raise ValueError("not plain JSON")
