"""
Which network addresses may be connected to.

Only addresses of the public internet: no machine of ours, no neighbour in the same network, no metadata service of a
cloud. Addresses that carry another one inside (IPv4-mapped, 6to4, NAT64) are judged by what they carry.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
_Network: TypeAlias = IPv4Network | IPv6Network

_LOCAL: Final[tuple[_Network, ...]] = tuple(
    ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
_METADATA: Final[tuple[Address, ...]] = tuple(
    ip_address(address)
    for address in ("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = IPv6Network("::/96")
_NEVER: Final[tuple[_Network, ...]] = tuple(
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16"),
        *("fe80::/10", "fec0::/10", "ff00::/8"),
    )
)


def refusal(address: str, *, allow_private: bool = False) -> str | None:
    """
    Return why *address* must not be connected to; None if it may be.

    Args:
        address: An IPv4 or IPv6 address as text; anything else is refused.
        allow_private: Let loopback and the private ranges pass, as tests and intranets need it. Link-local,
            metadata, multicast and reserved addresses are refused all the same.

    >>> refusal("93.184.215.14") is None, refusal("10.0.0.1"), refusal("::ffff:127.0.0.1")
    (True, 'a private address', 'a private address')
    >>> refusal("127.0.0.1", allow_private=True) is None, refusal("169.254.169.254", allow_private=True)
    (True, 'an address of a metadata service')
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "no network address"
    return _refusal((_carried(parsed) or parsed) if isinstance(parsed, IPv6Address) else parsed, allow_private)


def _refusal(address: Address, allow_private: bool) -> str | None:
    if address in _METADATA:
        return "an address of a metadata service"
    if any(address in network for network in _LOCAL):
        return None if allow_private else "a private address"
    if any(address in network for network in _NEVER) or address.is_multicast or not address.is_global:
        return "a reserved address"
    return None


def _carried(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address inside *address*, if it is of a kind that has one."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
