"""
The host of a web address, in its one ASCII spelling.

Names outside ASCII become ``xn--`` labels as browsers make them, from the standard library's Punycode; why not
its ``idna`` codec: ``docs/decisions/0011-identifiers.md``. Numbers that stand for an address in other ways than
four decimal parts (``2130706433``, ``0x7f.1``) are refused, so that a check of the address cannot be led astray.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.identifiers.links import refuse, shown

_AUTHORITY: Final = re.compile(r"(\[[^\]]*\]|[^:]*)(?::([0-9]{0,8}))?")
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MAX_HOST: Final = 253
_MAX_PORT: Final = 65535


def normalise_host(authority: str, *, bare: bool) -> tuple[str, int | None]:
    """
    Return host and port (None: not given) of *authority*; raise `InvalidIdentifier` if there is no such host.

    Args:
        authority: What stands between the scheme and the path, without user name.
        bare: No scheme was given: then only a name with a dot is taken for a host.
    """
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        refuse(Platform.WEB, f"{shown(authority)} is no host; write it like example.com")
    port = int(match[2]) if match[2] else None
    if port is not None and not 1 <= port <= _MAX_PORT:
        refuse(Platform.WEB, f"the port {port} is not between 1 and {_MAX_PORT}; remove it")
    if match[1].startswith("["):
        return _ipv6(match[1]), port
    host = _name(match[1])
    if bare and "." not in host:
        refuse(Platform.WEB, f"{shown(authority)} is no web address; write it like https://example.com")
    return host, port


def _ipv6(bracketed: str) -> str:
    try:
        return f"[{IPv6Address(bracketed[1:-1]).compressed}]" if "%" not in bracketed else _no_host(bracketed)
    except AddressValueError:
        return _no_host(bracketed)


def _name(raw: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", raw).lower()).replace("\u3002", ".")
    labels = [_ascii_label(raw, label) for label in folded.removesuffix(".").split(".")]
    host = ".".join(labels)
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(host))
        except AddressValueError:
            return _no_host(raw)
    return host if len(host) <= _MAX_HOST else _no_host(raw)


def _ascii_label(raw: str, label: str) -> str:
    coded = label
    if not label.isascii():
        if not all(c.isalnum() or c in "-_" or unicodedata.category(c).startswith("M") for c in label):
            return _no_host(raw)
        coded = "xn--" + label.encode("punycode").decode("ascii")
    return coded if _LABEL.fullmatch(coded) else _no_host(raw)


def _no_host(raw: str) -> str:
    refuse(Platform.WEB, f"{shown(raw)} is no host; write it like example.com")
