"""Web addresses: one spelling for each page, for sources and for the canonical URLs of items."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from brandbrain_core.errors import InvalidIdentifier
from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.identifiers.hosts import PLATFORM_OF_HOST, SHORT_LINK_HOSTS
from brandbrain_core.policies.identifiers.links import MAX_LENGTH, refuse, shown, trimmed, without_scheme
from brandbrain_core.policies.identifiers.web_host import normalise_host

_PARTS: Final = re.compile(r"(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?", re.DOTALL)
_DEFAULT_PORT: Final = {"http": 80, "https": 443}
_ESCAPE: Final = re.compile(r"%(?:([0-9A-Fa-f]{2}))?")
_NOT_IN_PATH: Final = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]+")
_NOT_IN_QUERY: Final = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def normalise(text: str) -> str:
    """Return the address of a site of the brand's own; refuse those of social networks and short links."""
    url = normalise_url(text)
    host = _authority_of(url)
    if host in PLATFORM_OF_HOST:
        platform = PLATFORM_OF_HOST[host]
        refuse(
            Platform.WEB,
            f"{shown(host)} is a host of {platform}; add it as a source of {platform}, or give your own site",
        )
    if host in SHORT_LINK_HOSTS:
        refuse(Platform.WEB, f"{shown(host)} makes short links; open the link and copy the address of the site")
    return url


def normalise_url(url: str) -> str:
    """
    Return the one spelling of an http(s) URL, or of a bare host (then with ``https://``).

    Scheme and host are in lower case, the host in its ASCII form; the default port, the fragment, an empty query
    and the slashes at the end are dropped; ``.`` and ``..`` are resolved and escapes in the path are written in one
    way. The query is kept, what may not stand in a URL being escaped. Normalising again changes nothing.

    Raises:
        InvalidIdentifier: Not such a URL, or longer than 2,000 characters; its *why* says what to do.

    >>> normalise_url("Example.COM:443/Blog/?page=2#top")
    'https://example.com/Blog?page=2'
    """
    text = trimmed(Platform.WEB, url)
    scheme, rest = without_scheme(Platform.WEB, text)
    match = _PARTS.fullmatch(rest)
    if match is None or not match["authority"]:
        refuse(Platform.WEB, f"{shown(text)} names no host; write it like https://example.com")
    if "@" in match["authority"]:
        refuse(Platform.WEB, "a URL must not hold a user name or password; remove what stands before the @")
    host, port = normalise_host(match["authority"], bare=scheme is None)
    scheme = scheme or "https"
    shown_port = "" if port is None or port == _DEFAULT_PORT[scheme] else f":{port}"
    query = f"?{_query(match['query'])}" if match["query"] else ""
    result = f"{scheme}://{host}{shown_port}{_path(match['path'])}{query}"
    if len(result) > MAX_LENGTH:
        refuse(Platform.WEB, f"it is longer than {MAX_LENGTH} characters; give a shorter address")
    return result


def extra_start_urls(key_pages: Iterable[object], limit: int = 2) -> tuple[str, ...]:
    """
    Return the first *limit* distinct addresses among *key_pages* that a web source could have, normalised.

    >>> extra_start_urls(["example.com/a", 7, "HTTPS://EXAMPLE.com/a/", "no link", "example.com/b", "example.com/c"])
    ('https://example.com/a', 'https://example.com/b')
    """
    found: dict[str, None] = {}
    for page in key_pages:
        if len(found) >= limit:
            break
        if isinstance(page, str):
            try:
                found[normalise(page)] = None
            except InvalidIdentifier:
                continue
    return tuple(found)


def _authority_of(url: str) -> str:
    return re.split(r"[/?:]", url.partition("://")[2], maxsplit=1)[0]


def _escaped(run: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in run[0].encode("utf-8"))


def _plain_escape(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return "%25"
    char = chr(int(escape[1], 16))
    return char if char in _UNRESERVED else f"%{escape[1].upper()}"


def _path(raw: str) -> str:
    plain = _NOT_IN_PATH.sub(_escaped, _ESCAPE.sub(_plain_escape, raw))
    resolved: list[str] = []
    for segment in plain.split("/")[1:]:
        if segment == "..":
            del resolved[-1:]
        elif segment != ".":
            resolved.append(segment)
    return "".join(f"/{segment}" for segment in resolved).rstrip("/")


def _query(raw: str) -> str:
    return _NOT_IN_QUERY.sub(_escaped, _LONE_PERCENT.sub("%25", raw))
