"""The way of an answer to the client: one, on which all layers put what they have to add."""

from __future__ import annotations

from typing import Final

from starlette.types import Message, Scope, Send

_OUTGOING: Final = "brandbrain.outgoing"


class Outgoing:
    """
    Sends an answer, with the headers that layers added before it began, and notes what went by.

    Attributes:
        headers: To be added; names in lower case.
        status: Of the answer; 0: it has not begun.
        sent: Bytes of its body so far.
    """

    __slots__ = ("_send", "headers", "sent", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self.headers: list[tuple[bytes, bytes]] = []
        self.status = 0
        self.sent = 0
        scope[_OUTGOING] = self

    async def __call__(self, message: Message) -> None:
        """Send a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self.headers]
        elif message["type"] == "http.response.body":
            self.sent += len(message.get("body", b""))
        await self._send(message)


def outgoing_of(scope: Scope) -> Outgoing:
    """Return the way of the answer to this request."""
    outgoing: Outgoing = scope[_OUTGOING]
    return outgoing
