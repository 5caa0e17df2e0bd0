"""``.../compile/{compile_run_id}/events``: how a run stands, told whenever it changes."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from brandbrain_core.bodies import Enclosed
from brandbrain_core.errors import NotFound, Unavailable
from brandbrain_core.ids import BrandId, RunId
from brandbrain_core.model.views import RunView
from brandbrain_http.call import Call
from brandbrain_http.conditions import etag_round
from brandbrain_http.endpoint import Endpoint
from brandbrain_http.existing import brand_of
from brandbrain_http.openapi.operation import Answer, Operation, Tag
from brandbrain_http.rendering import TERMINAL, status_body
from brandbrain_http.resources.compiles import RUN_NOT_FOUND, RUN_PATH, run_of
from brandbrain_http.streams import OPEN_STREAMS, OpenStreams

_COMMENT: Final = b": still here\n\n"
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def stream_events(call: Call) -> Response:
    """Answer with a stream of events, or 204 if the client has seen the last one."""
    brand, run = brand_of(call), run_of(call)
    view = await _look(call, brand, run)
    seen = call.header("last-event-id")
    if view.status in TERMINAL and seen == _event_id(status_body(view)):
        return Response(status_code=204)
    return EventStream(call, brand, run, view, seen)


class EventStream(Response):
    """
    The events of one run. Between two looks at it nothing is held but the client's own connection.

    It ends after the event that says that the run has ended, when the client goes away, and when the server is about to
    stop.
    """

    def __init__(self, call: Call, brand: BrandId, run: RunId, view: RunView, seen: str | None) -> None:
        super().__init__(headers=_HEADERS, media_type="text/event-stream")
        del self.headers["content-length"]
        self._call = call
        self._brand = brand
        self._run = run
        self._view = view
        self._seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until there are no more."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        gone = asyncio.ensure_future(_disconnected(receive))
        streams: OpenStreams = scope[OPEN_STREAMS]
        try:
            await self._tell(send, gone, streams)
            if not gone.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    async def _tell(self, send: Send, gone: asyncio.Future[None], streams: OpenStreams) -> None:
        options, view, silent = self._call.options, self._view, 0.0
        while not gone.done() and not streams.closing:
            body = status_body(view)
            if (event := _event_id(body)) != self._seen:
                self._seen, silent = event, 0.0
                await _send(send, f"event: status\nid: {event}\ndata: {body}\n\n".encode())
            elif silent >= options.events_comment_seconds:
                silent = 0.0
                await _send(send, _COMMENT)
            if view.status in TERMINAL:
                return
            await asyncio.wait([gone], timeout=options.events_poll_seconds)
            silent += options.events_poll_seconds
            if not gone.done():
                found = await _latest(self._call, self._brand, self._run, view)
                if found is None:
                    return
                view = found


async def _look(call: Call, brand: BrandId, run: RunId) -> RunView:
    async with call.deps.store.reading() as work:
        return await work.views.run(brand, run)


async def _latest(call: Call, brand: BrandId, run: RunId, known: RunView) -> RunView | None:
    """
    Return how the run stands; what is known of it, where the database cannot be asked just now; None: it is gone.
    """
    try:
        return await _look(call, brand, run)
    except Unavailable:
        return known
    except NotFound:
        return None


async def _send(send: Send, chunk: bytes) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event_id(body: Enclosed) -> str:
    return etag_round(body).strip('"')


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path=f"{RUN_PATH}/events",
        handler=stream_events,
        operation=Operation(
            tag=Tag.COMPILE,
            summary="Follow a compile run",
            description=(
                "Server-sent events: `status` with the body of the status on each change, a comment every 15 seconds. "
                "The stream is closed after the event that says that the run has ended; whoever comes back with its "
                "id as `Last-Event-ID` gets a 204, which tells a browser to stop."
            ),
            answers={
                200: Answer(description="Events, as they come.", shape=str, media_type="text/event-stream"),
                204: Answer(description="The client has seen the last event."),
            },
            errors=RUN_NOT_FOUND,
            uncached=True,
        ),
    ),
)
