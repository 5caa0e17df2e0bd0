"""Streams that are open, so that a server which is about to stop can end them."""

from __future__ import annotations

from typing import Final

OPEN_STREAMS: Final = "brandbrain.streams"
"""Under this name the application hands them to its endpoints, in the ASGI scope."""


class OpenStreams:
    """Says to all streams of an application whether they shall end; may be told so from any thread."""

    def __init__(self) -> None:
        self.closing = False

    def close(self) -> None:
        """End all streams with their next look."""
        self.closing = True
