"""Answers: JSON as bytes, with the headers that every read and write carries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.responses import Response

from brandbrain_core import wire
from brandbrain_core.bodies import Enclosed
from brandbrain_http.call import Call
from brandbrain_http.conditions import etag_of, etag_round, is_known

JSON: Final = "application/json"
REVALIDATE: Final = "private, no-cache"
IMMUTABLE: Final = "private, max-age=31536000, immutable"


def dumps(data: Any) -> bytes:
    """
    Return JSON-ready *data* as JSON.

    Integers of more than 64 bits, which a brand's answers may well hold, are beyond the fast writer; the plain one
    takes them.

    >>> dumps({"n": 10**30})
    b'{"n":1000000000000000000000000000000}'
    """
    try:
        return orjson.dumps(data)
    except TypeError:
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def body_of(value: object) -> bytes:
    """Return a value of the wire (a shape, or a list of shapes) as JSON."""
    return dumps(wire.unstructure(value))


class Rendered(Response):
    """
    A response whose headers are bytes already, their names in lower case.

    Starlette's own encodes them and looks through them, each time, for what is known here.
    """

    def __init__(self, body: bytes, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.body = body
        self.status_code = status
        self.raw_headers = headers
        self.background = None


def found(call: Call, body: bytes, *, cache: str = REVALIDATE, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer to a read: 200 with the body, or 304 if the client has it already."""
    etag = etag_of(body)
    return _known(call, etag, cache, headers) or _whole(body, etag, cache, headers)


def found_snapshot(
    call: Call, body: Enclosed, *, cache: str = REVALIDATE, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer to a read in which a snapshot stands, as `found`."""
    etag = etag_round(body)
    return _known(call, etag, cache, headers) or _whole(body.encode(), etag, cache, headers)


def done(
    body: bytes, status: int = 200, *, etag: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer to a write; *etag* is that of what a read would give now."""
    tagged = [] if etag is None else [(b"etag", etag.encode())]
    return Rendered(body, status, [*_described(body), *tagged, *_encoded(headers)])


def no_content() -> Response:
    """Return the answer to a deletion."""
    return Response(status_code=204)


def _known(call: Call, etag: str, cache: str, headers: Mapping[str, str] | None) -> Response | None:
    if not is_known(call.header("if-none-match"), etag):
        return None
    return Rendered(b"", 304, [*_tagged(etag, cache), *_encoded(headers)])


def _whole(body: bytes, etag: str, cache: str, headers: Mapping[str, str] | None) -> Response:
    return Rendered(body, 200, [*_described(body), *_tagged(etag, cache), *_encoded(headers)])


def _tagged(etag: str, cache: str) -> list[tuple[bytes, bytes]]:
    return [(b"etag", etag.encode()), (b"cache-control", cache.encode())]


def _described(body: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", b"%d" % len(body)), (b"content-type", JSON.encode())]


def _encoded(headers: Mapping[str, str] | None) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
