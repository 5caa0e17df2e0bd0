"""How the API behaves, as the settings say; whatever could never work is named at the start."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from urllib.parse import urlsplit

from brandbrain.settings import Settings
from brandbrain_core.errors import InvalidSettings, Problem
from brandbrain_http import HttpOptions
from brandbrain_store.counting import statements_sent


def http_options(settings: Settings) -> HttpOptions:
    """Return the options; raise `InvalidSettings` with everything that is wrong."""
    if problems := tuple(api_problems(settings)):
        raise InvalidSettings(problems)
    return HttpOptions(
        allowed_hosts=settings.allowed_hosts,
        cors_allowed_origins=settings.cors_allowed_origins,
        metrics=settings.metrics,
        statements=statements_sent,
    )


def api_problems(settings: Settings) -> Iterator[Problem]:
    """Yield what is wrong with the settings of the API."""
    if not settings.allowed_hosts:
        yield _bad("ALLOWED_HOSTS must name at least one host", "allowed_hosts")
    for host in settings.allowed_hosts:
        if why := wrong_host(host):
            yield _bad(f"ALLOWED_HOSTS: {host} {why}", "allowed_hosts")
    for origin in settings.cors_allowed_origins:
        if why := wrong_origin(origin):
            yield _bad(f"CORS_ALLOWED_ORIGINS: {origin} {why}", "cors_allowed_origins")
    for proxy in settings.trusted_proxies:
        if not _is_network(proxy):
            yield _bad(
                f"BRANDBRAIN_TRUSTED_PROXIES: {proxy} must be an address or a network such as 10.0.0.0/8",
                "trusted_proxies",
            )


def wrong_host(host: str) -> str | None:
    """
    Return why no Host header could ever match *host*; None: one could.

    >>> wrong_host("api.example.org"), wrong_host(".example.org"), wrong_host("*"), wrong_host("[::1]")
    (None, None, None, None)
    >>> wrong_host("https://api.example.org"), wrong_host("localhost:8000")
    ('must be a name without scheme and path', 'must be a name without a port; every port is answered')
    """
    if "/" in host:
        return "must be a name without scheme and path"
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and not host.endswith("]") and name:
        return "must be a name without a port; every port is answered"
    return None


def wrong_origin(origin: str) -> str | None:
    """
    Return why no browser would ever send *origin*, or why it must not be allowed; None: nothing is wrong.

    >>> wrong_origin("https://app.example.org"), wrong_origin("http://localhost:3000")
    (None, None)
    >>> wrong_origin("https://app.example.org/"), wrong_origin("localhost:3000")
    ('must end with the host or port', 'must be like https://app.example.org')
    """
    if origin == "*":
        return "would let every page act as its visitors; name the origins"
    try:
        parts = urlsplit(origin)
        parts.port  # noqa: B018  it is read to see whether it can be
    except ValueError:
        return "must be like https://app.example.org"
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return "must be like https://app.example.org"
    if f"{parts.scheme}://{parts.netloc}" != origin:
        return "must end with the host or port"
    return None if origin == origin.lower() else "must be in small letters, as browsers send it"


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _bad(message: str, pointer: str) -> Problem:
    return Problem(code="bad_value", message=message, pointer=pointer)
