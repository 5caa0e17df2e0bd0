"""Which addresses are connected to."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_sources.web.addresses import refusal

ALLOWED = ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::1", "::ffff:1.1.1.1"]
LOCAL = ["127.0.0.1", "127.255.0.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "::1", "fd12::1"]
CARRYING_LOCAL = ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1"]
METADATA = ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254", "100.100.100.200"]
NEVER = [
    *("0.0.0.0", "::", "100.64.0.1", "169.254.1.1", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "fe80::1", "fe80::1%eth0", "ff02::1", "2001:db8::1", "64:ff9b:1::1", "2001::1", "fec0::1"),
    *("168.63.129.16", "192.0.0.192", "", "localhost", "127.1", "0x7f.1"),
]


@pytest.mark.parametrize("address", ALLOWED)
def test_public_addresses_pass(address: str) -> None:
    """What anybody on the internet can reach may be connected to."""
    assert refusal(address) is None


@pytest.mark.parametrize("address", [*LOCAL, *CARRYING_LOCAL])
def test_private_addresses_pass_on_request_only(address: str) -> None:
    """Loopback and private ranges, plain or carried inside another address, need *allow_private*."""
    assert ("a private address", None) == (refusal(address), refusal(address, allow_private=True))


@pytest.mark.parametrize("address", [*METADATA, *NEVER])
def test_some_addresses_never_pass(address: str) -> None:
    """Metadata services, link-local, multicast and reserved addresses are refused even on intranets."""
    assert (True, True) == (refusal(address) is not None, refusal(address, allow_private=True) is not None)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_the_one_inside(address: IPv4Address) -> None:
    """Writing an IPv4 address in IPv6 opens no door."""
    assert refusal(str(address)) == refusal(f"::ffff:{address}")
