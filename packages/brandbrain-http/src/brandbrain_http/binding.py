"""Whether a server may listen where it is told to: open by default, but only to this machine."""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """
    Tell whether only this machine can reach what listens on *host*.

    >>> is_loopback("127.0.0.2"), is_loopback("::1"), is_loopback("localhost")
    (True, True, True)
    >>> is_loopback("0.0.0.0"), is_loopback(""), is_loopback("example.org")
    (False, False, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def why_not_listen(host: str, *, has_keys: bool, insecure: bool) -> str | None:
    """
    Return why a server may not listen on *host*; None: it may.

    >>> why_not_listen("0.0.0.0", has_keys=True, insecure=False)
    >>> why_not_listen("0.0.0.0", has_keys=False, insecure=False).splitlines()[0]
    'Others could reach 0.0.0.0, and no API key is asked for.'

    Args:
        host: Name or address.
        has_keys: Whether an API key was ever made, so that every caller needs one.
        insecure: Whether the operator has said that it shall be open.
    """
    if is_loopback(host) or has_keys or insecure:
        return None
    return (
        f"Others could reach {host or 'every address'}, and no API key is asked for.\n"
        "Make one with `brandbrain keys create`, listen on 127.0.0.1, or say --insecure."
    )
