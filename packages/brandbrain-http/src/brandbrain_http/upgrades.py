"""Requests to change the protocol. We never do; the request itself is answered as if it had not asked for that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

_WISHES: Final = frozenset({b"upgrade", b"http2-settings"})


def head_without_upgrade(method: str, target: bytes, version: str, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    r"""
    Return the head of a request without the wish to change the protocol.

    Args:
        method: Of the request.
        target: What is asked for, as it was sent.
        version: Of HTTP, e.g. ``1.1``.
        headers: As they were sent, with names in small letters.

    >>> head_without_upgrade("GET", b"/", "1.1", [(b"connection", b"Upgrade, close"), (b"upgrade", b"h2c")])
    b'GET / HTTP/1.1\r\nconnection: close\r\n\r\n'
    """
    lines = [b"%s %s HTTP/%s" % (method.encode("ascii"), target, version.encode("ascii"))]
    lines += [b"%s: %s" % header for header in _kept(headers)]
    return b"\r\n".join([*lines, b"", b""])


def _kept(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    for name, value in headers:
        if name == b"connection":
            words = [word.strip() for word in value.split(b",")]
            if rest := [word for word in words if word.lower() not in _WISHES]:
                yield name, b", ".join(rest)
        elif name not in _WISHES:
            yield name, value
