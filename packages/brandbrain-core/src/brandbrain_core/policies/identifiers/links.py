"""Telling a link from a handle, and taking a link apart."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import Final, NoReturn
from urllib.parse import unquote_to_bytes

import attrs

from brandbrain_core.errors import InvalidIdentifier
from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.identifiers.hosts import PLATFORM_OF_HOST, SHORT_LINK_HOSTS, is_known

MAX_LENGTH: Final = 2000
"""The longest identifier that is looked at or stored, in characters."""

_EDGES: Final = (
    string.whitespace
    + "\0\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
    "\u202f\u205f\u3000\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_UNPRINTABLE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):(?://|(?!\d))")
_AUTHORITY: Final = re.compile(r"[^/?#\\]*")
_PORT: Final = re.compile(r":[0-9]*\Z")
_DEFAULT_PORTS: Final = frozenset({":", ":80", ":443"})


@attrs.frozen(kw_only=True)
class Link:
    """
    A link to a page of a platform.

    Attributes:
        host: Lower-case, without port.
        segments: The parts of the path that are not empty, percent-decoded.
    """

    host: str
    segments: tuple[str, ...]


def refuse(platform: str, why: str) -> NoReturn:
    """Raise the error that says what is wrong with an identifier, and what to write instead."""
    raise InvalidIdentifier(platform, why)


def shown(raw: str) -> str:
    """Return *raw* as it may stand in a message: on one line, at most 60 characters, quoted."""
    line = _UNPRINTABLE.sub(" ", raw)
    return f"'{line[:57]}...'" if len(line) > 60 else f"'{line}'"


def trimmed(platform: str, raw: str) -> str:
    """Return *raw* without the blanks around it; refuse what is empty, too long or holds blanks inside."""
    text = raw.strip(_EDGES)
    if not text:
        refuse(platform, "it is empty; give a name or a link")
    if len(text) > MAX_LENGTH:
        refuse(platform, f"it is longer than {MAX_LENGTH} characters; give a name or a shorter link")
    if _UNPRINTABLE.search(text):
        refuse(platform, f"{shown(text)} holds a blank or a control character; remove it")
    return text


def without_scheme(platform: str, text: str) -> tuple[str | None, str]:
    """Return the scheme of *text* in lower case (None: it has none) and the rest; refuse all but http and https."""
    match = _SCHEME.match(text)
    if match is None:
        return None, text
    scheme = match[1].lower()
    if scheme not in {"http", "https"} or not match[0].endswith("//"):
        refuse(platform, f"{shown(text)} is no web link; a link begins with https://")
    return scheme, text[match.end() :]


def parse(platform: Platform, text: str) -> Link | tuple[str, ...]:
    """
    Take apart what was written for an account of *platform*, given trimmed.

    Returns:
        A link to that platform, or, where *text* is no link, its parts between slashes, percent-decoded; the
        first is empty where *text* begins with a slash.

    Raises:
        InvalidIdentifier: It is a link, but not one to an account of *platform*.
    """
    scheme, rest = without_scheme(platform, text)
    authority = _authority(rest)
    host = _PORT.sub("", authority).lower().removesuffix(".")
    if scheme is None and not is_known(host):
        if "@" in authority[1:]:
            refuse(platform, f"{shown(text)} holds an @ in its middle; give the name alone")
        if "/" in rest and "." in host and not host.startswith("@"):
            refuse(
                platform,
                f"{shown(host)} is not a host of {platform}; give a link to {platform} or the name alone",
            )
        return tuple(decoded(platform, part) for part in rest.split("/"))
    if "@" in authority:
        refuse(platform, "a link must not hold a user name or password; remove what stands before the @")
    if host in SHORT_LINK_HOSTS:
        refuse(platform, f"{shown(host)} makes short links; open the link and copy the address of the account")
    if PLATFORM_OF_HOST.get(host) is not platform:
        refuse(platform, f"{shown(host)} is not a host of {platform}; give a link to {platform} or the name alone")
    port = _PORT.search(authority)
    if port is not None and port[0] not in _DEFAULT_PORTS:
        refuse(platform, f"a link to {platform} has no port; remove {port[0]}")
    path = re.split(r"[?#]", rest[len(authority) :], maxsplit=1)[0]
    return Link(host=host, segments=tuple(decoded(platform, part) for part in path.split("/") if part))


def _authority(rest: str) -> str:
    match = _AUTHORITY.match(rest)
    return match[0] if match else ""


def decoded(platform: str, part: str) -> str:
    """Return *part* of a path percent-decoded, composed (NFC); refuse bytes that are no UTF-8."""
    if "%" not in part:
        return unicodedata.normalize("NFC", part)
    try:
        return unicodedata.normalize("NFC", unquote_to_bytes(part).decode("utf-8"))
    except UnicodeDecodeError:
        refuse(platform, f"{shown(part)} is not UTF-8 under its percent signs; type the name instead")
