"""What a client does not take of an answer: nobody holds that for ever."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
from typing import Final

PROGRESS: Final = 16 * 1024
"""Bytes that a client must take in each period while there is more for it."""

_AT_ONCE: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""With this, closing a socket makes the system forget what is unsent, in place of waiting for the client itself."""

log = logging.getLogger(__name__)


class Unread:
    """Watches over what is unsent on one connection, and breaks that off when its client stops taking it."""

    __slots__ = ("_loop", "_seconds", "_timer", "_unsent")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._loop = loop
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        self._unsent = 0

    def watch(self, transport: asyncio.Transport) -> None:
        """Begin to watch, if something is unsent and nobody watches yet."""
        unsent = transport.get_write_buffer_size()
        if unsent and self._timer is None:
            self._unsent = unsent
            self._timer = self._loop.call_later(self._seconds, self._look, transport)

    def forget(self) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, transport: asyncio.Transport) -> None:
        self._timer = None
        unsent = transport.get_write_buffer_size()
        if unsent and unsent > self._unsent - PROGRESS:
            log.info("A client that does not read is given up", extra={"unsent_bytes": unsent})
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            transport.abort()
        else:
            self.watch(transport)
