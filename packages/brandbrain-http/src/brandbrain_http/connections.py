"""
One connection of a client: uvicorn's, with deadlines, and with no answer but in the shape of the contract.

What a client may owe us is, by turns, the head of a request, the rest of a body that nobody waits for, or an end after
our last answer; there is one timer for it. The body that an endpoint waits for has its deadline where it is read, in
`brandbrain_http.reading`. Another timer runs only while the client takes less than we send, see
`brandbrain_http.unread`, and one closes a connection that is idle for long.

A request that cannot be read is answered by the application all the same, in its turn and through the usual layers:
`brandbrain_http.app.Api.refuse` answers what stands in its scope.
"""

from __future__ import annotations

import asyncio
import logging
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final, cast

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from brandbrain_http.errors import HttpError
from brandbrain_http.reading import CLOSE, REFUSAL, too_slow
from brandbrain_http.unread import Unread
from brandbrain_http.upgrades import head_without_upgrade

if TYPE_CHECKING:
    from uvicorn._types import HTTPScope

    from brandbrain_http.app import Api

log = logging.getLogger(__name__)

MAX_HEAD: Final = 64 * 1024
"""Bytes of a head that are always taken; with more than twice as many it never is."""

PARTING_SECONDS: Final = 5.0
"""How long a client is heard out after the last answer, so that it can read that; see RFC 9112, section 9.6."""

_SHOWN_PATH: Final = 512
_DEAF: Final = -1
"""Bytes that are taken in of a client that is heard no more: not even none."""


class Owed(Enum):
    """What a client owes us."""

    HEAD = auto()
    REST = auto()
    END = auto()


class Connection(HttpToolsProtocol):
    """A connection that ends where its client does not keep up its side."""

    __slots__ = ("_api", "_begun", "_deadline", "_idle", "_idle_since", "_owed", "_room", "_unread", "_whole")

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._api = cast("Api", config.app)
        self._owed: Owed | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._room = MAX_HEAD
        self._idle: asyncio.TimerHandle | None = None
        self._idle_since = 0.0
        self._begun: object = None
        self._whole: object = None
        self._unread = Unread(self.loop, self._api.options.stalled_seconds)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Wait for a first request."""
        super().connection_made(transport)
        self._expect(Owed.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all clocks."""
        super().connection_lost(exc)
        if self._idle is not None:
            self._idle.cancel()
        self._expect(None)
        self._unread.forget()

    def eof_received(self) -> None:
        """Let the connection be closed, once what is unsent is taken."""
        self._unread.watch(self.transport)

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request, or several requests."""
        if len(data) > self._room:
            self._take_in_pieces(data)
            return
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserUpgrade, httptools.HttpParserError) as unusual:
            if not self._goes_on(data, unusual):
                return
        cycle = self.cycle
        if cycle is None or cycle.scope is not self.scope:  # type: ignore[redundant-expr]  # None before the first
            self._expect_head(len(data))
        elif cycle.scope is not self._whole:
            self._expect_rest(cycle)
        elif self._owed is not None or cycle.response_complete:
            self._expect_nothing(cycle)

    def _take_in_pieces(self, data: bytes) -> None:
        while data and self._room != _DEAF:
            if self._room == 0:
                self._refuse(_too_large())
                return
            piece, data = data[: self._room], data[self._room :]
            self.data_received(piece)

    def _goes_on(self, data: bytes, unusual: Exception) -> bool:
        """Read on without the wish for another protocol, if it is no more than that; refuse what is no HTTP."""
        while isinstance(unusual, httptools.HttpParserUpgrade) and self.scope["method"] != "CONNECT":
            data = self._stay() + data[unusual.args[0] :]
            try:
                self.parser.feed_data(data)
            except (httptools.HttpParserUpgrade, httptools.HttpParserError) as another:
                unusual = another
            else:
                return True
        log.debug("A request cannot be read: %s", unusual)
        self._refuse(HttpError(400, "Malformed HTTP request", "malformed_request", headers=CLOSE))
        return False

    def _should_upgrade(self) -> bool:
        """Let the parser report a request to change the protocol, before an endpoint is asked; see `_stay`."""
        return True

    def _stay(self) -> bytes:
        """Return the head of a request that asks for another protocol, without that wish, to be read again."""
        version = self.parser.get_http_version()
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return head_without_upgrade(self.scope["method"], self.url, version, self.headers)

    def on_message_complete(self) -> None:
        """Note that a request is whole, and let its endpoint know."""
        self._whole = self.scope
        cycle = self.cycle
        if cycle is None or cycle.scope is not self.scope:  # type: ignore[redundant-expr]  # None before the first
            return
        if not cycle.response_complete:
            cycle.more_body = False
            cycle.message_event.set()

    def on_response_complete(self) -> None:
        """Go on to the request that waits; be idle where there is none."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            self._unread.watch(self.transport)
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start(*self.pipeline.pop())
        else:
            self._be_idle()

    def shutdown(self) -> None:
        """Begin to end."""
        super().shutdown()
        self._unread.watch(self.transport)

    def _expect_head(self, received: int) -> None:
        if self._owed is Owed.HEAD and self._begun is self.scope:
            self._room -= received
            return
        self._begun = self.scope
        self._expect(None)
        self._expect(Owed.HEAD)

    def _expect_rest(self, cycle: RequestResponseCycle) -> None:
        if cycle.response_complete:
            self._expect(Owed.REST)
        else:
            cycle.transport = cast("asyncio.Transport", _Parting(self))
            self._expect(None)

    def _expect_nothing(self, cycle: RequestResponseCycle) -> None:
        self._expect(None)
        if cycle.response_complete:
            self._be_idle()

    def _be_idle(self) -> None:
        self._idle_since = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.timeout_keep_alive, self._look_at_idle)

    def _look_at_idle(self) -> None:
        """Close a connection that is idle for long. To set this clock anew with each request would cost it more."""
        self._idle = None
        if self._owed is None and self.cycle.response_complete:
            left = self._idle_since + self.timeout_keep_alive - self.loop.time()
            if left > 0:
                self._idle = self.loop.call_later(left, self._look_at_idle)
            else:
                self._close()

    def _expect(self, owed: Owed | None) -> None:
        if owed is self._owed:
            return
        if self._deadline is not None:
            self._deadline.cancel()
        self._owed, self._deadline = owed, None
        if self._room != _DEAF:
            self._room = MAX_HEAD
        if owed is not None:
            self._deadline = self.loop.call_later(self._seconds(owed), self._give_up)

    def _seconds(self, owed: Owed) -> float:
        if owed is Owed.HEAD:
            return self._api.options.head_seconds
        return self._api.options.body_seconds if owed is Owed.REST else PARTING_SECONDS

    def _give_up(self) -> None:
        owed = self._owed
        self._expect(None)
        if owed is Owed.HEAD and self._has_begun():
            self._refuse(too_slow())
        elif not self.transport.is_closing():
            self._close()

    def _has_begun(self) -> bool:
        """Tell whether there is a request whose head is not whole."""
        cycle, scope = self._latest()
        return scope is not None and (cycle is None or cycle.scope is not scope)

    def _latest(self) -> tuple[RequestResponseCycle | None, HTTPScope | None]:
        """Return the last request whose head is whole, and the last one that began; None before the first."""
        return self.cycle, self.scope

    def _refuse(self, error: HttpError) -> None:
        """Answer with *error* in the turn of the request that is coming in, hear no other, and part."""
        cycle, scope = self._latest()
        self._room = _DEAF
        self._expect(None)
        if cycle is None or cycle.scope is not scope or scope is self._whole:
            self._answer(error)
        elif cycle.response_complete:
            self.part()
        else:
            cycle.scope[REFUSAL] = error  # type: ignore[typeddict-unknown-key]
            cycle.transport = cast("asyncio.Transport", _Parting(self))
            cycle.keep_alive = cycle.more_body = False
            cycle.message_event.set()

    def _answer(self, error: HttpError) -> None:
        if not self._has_begun():
            self.on_message_begin()
        path = self.url.partition(b"?")[0][:_SHOWN_PATH]
        shown = {"method": "-", "path": path.decode("latin-1"), "raw_path": path, "query_string": b""}
        scope = cast("Any", self.scope)
        scope.update({**shown, REFUSAL: error})
        before, _ = self._latest()
        self.cycle = RequestResponseCycle(
            scope=scope,
            transport=cast("asyncio.Transport", _Parting(self)),
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=False,
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start(self.cycle, self._api.refuse)
        else:
            self.pipeline.appendleft((self.cycle, cast("Any", self._api.refuse)))

    def _start(self, cycle: RequestResponseCycle, app: Any) -> None:
        task = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def part(self) -> None:
        """
        Send no more, and close when the client does.

        Closed at once, with bytes of the client unread, the system would reset the connection, and the answer be lost.
        """
        if self.cycle.scope is self._whole or self.transport.is_closing() or not self.transport.can_write_eof():
            self._close()
            return
        self._room = _DEAF
        self.transport.write_eof()
        self.flow.resume_reading()
        self._expect(Owed.END)

    def _close(self) -> None:
        self.transport.close()
        self._unread.watch(self.transport)

    def pause_writing(self) -> None:
        """Stop sending, as the client does not take it; but not for ever."""
        super().pause_writing()
        self._unread.watch(self.transport)

    def resume_writing(self) -> None:
        """Send on."""
        super().resume_writing()
        if not self.transport.is_closing():
            self._unread.forget()


def _too_large() -> HttpError:
    return HttpError(431, "Request head is too large: at most 64 KiB", "head_too_large", headers=CLOSE)


class _Parting:
    """The transport of a request that is not whole: closing it leaves the client time to read the answer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        self._connection.transport.write(data)

    def is_closing(self) -> bool:
        return self._connection.transport.is_closing()

    def close(self) -> None:
        self._connection.part()
