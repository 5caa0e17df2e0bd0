"""Where the API listens: a socket that is bound before anything else starts, so that a taken port is told at once."""

from __future__ import annotations

import errno
import socket
from typing import Final

import attrs

from brandbrain_core.errors import BrandBrainError, InvalidInput
from brandbrain_core.services.deps import Deps
from brandbrain_http.binding import is_loopback, why_not_listen

_WHY: Final = {
    errno.EADDRINUSE: "another program listens there; --port names another port, 0 takes any free one",
    errno.EACCES: "this user may not listen there; ports below 1024 are for the administrator",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}
_EVERY_ADDRESS: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}


class CannotListen(BrandBrainError):
    """The address or port cannot be had."""

    code = "cannot_listen"

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(host, port, why)
        self.host = host
        self.port = port
        self.why = why

    def __str__(self) -> str:
        return f"Cannot listen on {in_url(self.host)}:{self.port}: {self.why}"


class OpenToOthers(InvalidInput):
    """Others could reach an API that asks for no key."""

    code = "open_to_others"

    def __init__(self, why: str) -> None:
        super().__init__(why)


@attrs.frozen(kw_only=True)
class Listening:
    """A bound socket, and the address at which this machine reaches what answers there."""

    socket: socket.socket
    host: str

    @property
    def port(self) -> int:
        """The port, also where the system chose it."""
        port: int = self.socket.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Address of the API; of this machine, where it listens on every address."""
        return f"http://{_EVERY_ADDRESS.get(self.host) or in_url(self.host)}:{self.port}"


def listen(host: str, port: int) -> Listening:
    """
    Return a socket that listens.

    Args:
        host: Name or address of this machine.
        port: 0: any free one.

    Raises:
        CannotListen: The address or port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.create_server((host.strip("[]"), port), family=family, backlog=2048)
    except OSError as error:
        why = _WHY.get(error.errno or 0) or error.strerror or str(error)
        raise CannotListen(host, port, why) from None
    return Listening(socket=bound, host=host)


async def refuse_to_be_open(deps: Deps, host: str, *, insecure: bool) -> None:
    """Raise `OpenToOthers` if others could reach *host*, no key was ever made, and the operator did not insist."""
    if is_loopback(host) or insecure:
        return
    async with deps.store.reading() as work:
        has_keys = await work.keys.any()
    why = why_not_listen(host, has_keys=has_keys, insecure=insecure)
    if why is not None:
        raise OpenToOthers(why)


def in_url(host: str) -> str:
    """
    Return a host as it stands in a URL.

    >>> in_url("::1"), in_url("localhost")
    ('[::1]', 'localhost')
    """
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
