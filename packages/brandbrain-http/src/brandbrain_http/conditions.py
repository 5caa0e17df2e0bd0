"""ETags, and what requests make conditional on them."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Final

from brandbrain_core.bodies import Enclosed
from brandbrain_http.errors import HttpError

_TAG: Final = re.compile(r'\s*(W/)?("[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)')


def etag_of(body: bytes) -> str:
    """
    Return the strong ETag of a body: equal bytes have equal tags.

    >>> etag_of(b"{}")
    '"2afb9b83f9314e5d029766197f539792"'
    """
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'


def etag_round(body: Enclosed) -> str:
    """
    Return the strong ETag of a body round a snapshot's text: that of all else, since it names the snapshot.

    The text is most of the body, and never changes; hashing it again for each answer took as long as all layers.
    """
    return etag_of(f"{body.before}{body.after}".encode())


def is_known(if_none_match: str | None, etag: str) -> bool:
    """
    Tell whether the client has this very version: ``If-None-Match`` names it, weakly or not, or is ``*``.

    >>> is_known('"a", W/"b"', '"b"'), is_known("*", '"b"'), is_known('"a"', '"b"')
    (True, True, False)
    """
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or any(tag == etag for _, tag in _tags(if_none_match))


def require_match(if_match: str | None, etag: str) -> None:
    """
    Return if a write may go ahead: ``If-Match`` is absent, ``*``, or names the current version (strongly).

    Raises:
        HttpError: 412, with the current ETag.
    """
    if if_match is None or if_match.strip() == "*":
        return
    if all(weak or tag != etag for weak, tag in _tags(if_match)):
        text = "It was changed in the meantime; read it again"
        raise HttpError(412, text, "precondition_failed", headers=(("ETag", etag),))


def _tags(header: str) -> list[tuple[str, str]]:
    """Return the tags of a list, each with its mark of weakness; nothing of what is malformed."""
    return [(match[1] or "", match[2]) for match in _TAG.finditer(header)]
