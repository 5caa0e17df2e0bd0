"""
Which addresses belong to one site: those with the same registrable domain.

The public suffix list comes with a library and is read once, on first use; nothing is fetched. Its private section
counts too, so that two customers of one hosting service (``a.github.io``, ``b.github.io``) are two sites.
"""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def host_of(url: str) -> str:
    """
    Return the host of *url* in lower case, without port and brackets; empty if there is none.

    >>> host_of("https://WWW.Example.com:8443/a"), host_of("http://[::1]:80/"), host_of("no url")
    ('www.example.com', '::1', '')
    """
    try:
        return (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return ""


def site_of_host(host: str) -> str:
    """
    Return the registrable domain of *host*, or *host* itself where it is an address or a bare name.

    >>> site_of_host("blog.example.co.uk"), site_of_host("127.0.0.1"), site_of_host("localhost")
    ('example.co.uk', '127.0.0.1', 'localhost')
    """
    try:
        return str(ip_address(host))
    except ValueError:
        return _suffixes().privatesuffix(host) or host


def site_of(url: str) -> str:
    """
    Return the site that *url* belongs to; empty if it has no host.

    >>> site_of("https://shop.example.com/a"), site_of("https://a.github.io/")
    ('example.com', 'a.github.io')
    """
    host = host_of(url)
    return site_of_host(host) if host else ""


def same_site(one: str, other: str) -> bool:
    """
    Tell whether two URLs belong to one site.

    >>> same_site("https://example.com", "http://www.example.com/a"), same_site("https://a.com", "https://b.com")
    (True, False)
    """
    site = site_of(one)
    return site != "" and site == site_of(other)
