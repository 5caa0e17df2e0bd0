"""Clients that are slow, silent, or speak no HTTP: each gets an answer in the shape of the contract, and none stays."""

from __future__ import annotations

import asyncio
import json
import re
import select
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from itertools import pairwise
from typing import Any, Final, cast
from urllib.parse import urlsplit

import attrs
import httpx2
import pytest
import uvloop
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount

from brandbrain_core.memory.given import memory_deps
from brandbrain_http import HttpOptions, create_app
from brandbrain_http.unread import Unread

SOON: Final = 0.2
"""Seconds of a deadline that a test waits for."""
PATIENCE: Final = 20.0
"""Seconds after which a test gives up."""
HOST: Final = b"Host: localhost\r\n"
GET: Final = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
BODY: Final = b'{"name": "Marrowby"}'
POST: Final = b"POST /api/brands HTTP/1.1\r\n" + HOST + b"Content-Length: 20\r\n\r\n"
CHUNKED: Final = b"POST /api/brands HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
WISH: Final = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
SEVERAL: Final = b"".join(
    [
        POST + BODY,
        b"\r\n" + GET,
        POST.replace(b"/api/brands", b"/nowhere") + BODY,
        POST[:-2] + WISH + BODY,
        GET[:-2] + WISH,
        CHUNKED + b"2\r\n{}\r\nzz\r\n\r\n",
    ]
)
NO_HTTP: Final[Mapping[str, bytes]] = {
    "an unknown method": b"BREW /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "no request line": b"how do you do\r\n\r\n",
    "a greeting of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
    "a preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a NUL in a header": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-Odd: a\x00b\r\n\r\n",
    "a NUL in the path": b"GET /heal\x00thz HTTP/1.1\r\n" + HOST + b"\r\n",
    "a path that is not ASCII": b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n",
    "a header without a colon": b"GET /healthz HTTP/1.1\r\n" + HOST + b"odd\r\n\r\n",
    "an unknown version": b"GET /healthz HTTP/7.5\r\n" + HOST + b"\r\n",
    "two lengths": b"POST /api/brands HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length and chunks": CHUNKED[:-2] + b"Content-Length: 2\r\n\r\n{}",
    "a length that is none": b"POST /api/brands HTTP/1.1\r\n" + HOST + b"Content-Length: many\r\n\r\n{}",
    "a request to be a tunnel": b"CONNECT example.org:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "chunks of no size": CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
    "a chunk that is longer than it says": CHUNKED + b"1\r\n{}\r\n0\r\n\r\n",
}


@attrs.frozen
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def error(self) -> tuple[int, str, str]:
        """Its status, code and connection header, once it is seen to have the shape of an error."""
        assert "application/json" == self.headers["content-type"]
        members = json.loads(self.body)
        assert {"error", "code", "request_id"} == members.keys()
        assert self.headers["x-request-id"] == members["request_id"] != ""
        return self.status, members["code"], self.headers.get("connection", "")


class Raw:
    """A client that sends bytes as it is told to."""

    def __init__(self, url: str, *, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", urlsplit(url).port or 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""

    def close(self) -> None:
        """End."""
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send *data*."""
        self.socket.sendall(data)

    def drip(self, data: bytes, *, every: float) -> None:
        """Send *data* again and again until there is something to read."""
        while not select.select([self.socket], [], [], every)[0]:
            self.send(data)

    def answer(self) -> Answer:
        """Wait for the next answer."""
        head, _, self._read = self._until(rb"\r\n\r\n").partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
        length = int(headers.get("content-length", 0))
        while len(self._read) < length:
            self._read += self._more()
        body, self._read = self._read[:length], self._read[length:]
        return Answer(int(line.split()[1]), headers, body)

    def rest(self) -> bytes:
        """Wait for the end of the connection; return what came before it."""
        while data := self.socket.recv(65_536):
            self._read += data
        return self._read

    def is_dropped(self, *, within: float = PATIENCE) -> bool:
        """Tell whether the server breaks the connection off, without reading anything."""
        watch = select.poll()
        watch.register(self.socket, 0)
        return bool(watch.poll(within * 1000))

    def _until(self, pattern: bytes) -> bytes:
        while not re.search(pattern, self._read):
            self._read += self._more()
        return self._read

    def _more(self) -> bytes:
        data = self.socket.recv(65_536)
        assert data, f"the connection ended after {self._read!r}"
        return data


Connect = Callable[..., Raw]


@pytest.fixture(params=["asyncio", "uvloop"])
def hasty(request: pytest.FixtureRequest, serve: Any) -> Any:
    """A function that serves with the options it is given, on each of the event loops in turn."""
    make_loop = uvloop.new_event_loop if request.param == "uvloop" else None
    return lambda **options: serve(make_loop=make_loop, **options)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A function that connects to a server."""
    made: list[Raw] = []

    def make(walk: Any, **options: Any) -> Raw:
        made.append(Raw(walk.served.url, **options))
        return made[-1]

    yield make
    for raw in made:
        raw.close()


class _Line:
    """A transport and its clock: in each period so much is unsent, and so it goes on until nobody watches."""

    def __init__(self, unsent: list[int]) -> None:
        self._unsent = unsent
        self._waiting: Callable[[], None] | None = None
        self.log: list[object] = []

    def call_later(self, _: float, look: Callable[[Any], None], transport: Any) -> None:
        self._waiting = lambda: look(transport)

    def get_write_buffer_size(self) -> int:
        return self._unsent[len(self.log)]

    def get_extra_info(self, _: str) -> Any:
        return self

    def setsockopt(self, *_: Any) -> None:
        """Take it."""

    def abort(self) -> None:
        self.log.append("aborted")

    def run(self) -> None:
        while (look := self._waiting) is not None:
            self._waiting = None
            self.log.append("looked")
            look()


def _settle(walk: Any) -> None:
    """Let the server take in what was sent to it."""

    async def nothing(_: Any) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    walk.served.run(nothing)


def _connections(walk: Any) -> int:
    """Count the server's connections, once they have become as few as they will."""

    async def count(_: Any) -> int:
        async with asyncio.timeout(PATIENCE):
            while walk.served.server.server_state.connections:  # noqa: ASYNC110 - the server tells no other way
                await asyncio.sleep(0.005)
        return len(walk.served.server.server_state.connections)

    found: int = walk.served.run(count)
    return found


@pytest.mark.parametrize("what", NO_HTTP)
def test_what_is_no_http_is_refused(walk: Any, connect: Connect, what: str) -> None:
    """As every other error is, and the connection ends."""
    raw = connect(walk)
    raw.send(NO_HTTP[what])
    assert (400, "malformed_request", "close") == raw.answer().error()
    assert b"" == raw.rest()


def test_whoever_asks_for_problems_gets_one(walk: Any, connect: Connect) -> None:
    """And finds the id that it chose, and may read it from a page of another origin."""
    raw = connect(walk)
    asked = b"Accept: application/problem+json\r\nX-Request-Id: mine\r\nOrigin: http://localhost:3000\r\n"
    raw.send(b"GET /healthz?x HTTP/1.1\r\n" + HOST + asked + b"Odd: \x01\r\n\r\n")
    answer = raw.answer()
    assert ("application/problem+json", "mine") == (answer.headers["content-type"], answer.headers["x-request-id"])
    assert "http://localhost:3000" == answer.headers["access-control-allow-origin"]
    problem = json.loads(answer.body)
    assert (400, "/healthz", "mine") == (problem["status"], problem["instance"], problem["request_id"])


def test_a_head_that_never_ends_is_given_up(hasty: Any, connect: Connect) -> None:
    """With a 408, however steadily it comes in."""
    walk = hasty(head_seconds=SOON)
    for begin in (b"GE", GET[:-2]):
        raw = connect(walk)
        raw.send(begin)
        raw.drip(b"X-Slow: 1\r\n" if begin == GET[:-2] else b"", every=SOON / 10)
        assert (408, "request_timeout", "close") == raw.answer().error()
        assert b"" == raw.rest()
        raw.close()
    walk.client.close()
    assert 0 == _connections(walk)


def test_who_says_nothing_is_let_go(hasty: Any, connect: Connect) -> None:
    """Without a word; empty lines are nothing."""
    walk = hasty(head_seconds=SOON)
    for said in (b"", b"\r\n\r\n"):
        raw = connect(walk)
        raw.send(said)
        assert b"" == raw.rest()


def test_a_head_in_pieces_is_taken(hasty: Any, connect: Connect) -> None:
    """As long as it comes in time; so is the next one."""
    walk = hasty()
    raw = connect(walk)
    for _ in range(2):
        for at in range(0, len(GET), 20):
            raw.send(GET[at : at + 20])
            _settle(walk)
        assert 200 == raw.answer().status


def test_a_later_head_has_a_deadline_too(hasty: Any, connect: Connect) -> None:
    """It begins with its first byte, not while the connection is idle."""
    walk = hasty(head_seconds=SOON)
    raw = connect(walk)
    raw.send(GET)
    assert 200 == raw.answer().status
    assert not select.select([raw.socket], [], [], 3 * SOON)[0]
    raw.send(GET)
    assert 200 == raw.answer().status
    raw.send(GET[:-2])
    assert (408, "request_timeout", "close") == raw.answer().error()


def test_each_head_has_a_deadline_of_its_own(serve: Any, connect: Connect) -> None:
    """Also one that begins together with the end of another."""
    walk = serve(make_loop=uvloop.new_event_loop, head_seconds=10 * SOON)
    raw = connect(walk)
    raw.send(GET)
    assert 200 == raw.answer().status
    raw.send(GET[:10])
    assert not raw.is_dropped(within=6 * SOON)
    raw.send(GET[10:] + GET[:10])
    assert 200 == raw.answer().status
    assert not select.select([raw.socket], [], [], 6 * SOON)[0]
    raw.send(GET[10:])
    assert 200 == raw.answer().status


def test_a_body_that_never_ends_is_given_up(hasty: Any, connect: Connect) -> None:
    """With a 408, however steadily it comes in."""
    walk = hasty(body_seconds=SOON)
    for head, drop in ((POST.replace(b"20", b"9999"), b" "), (CHUNKED, b"1\r\n \r\n")):
        raw = connect(walk)
        raw.send(head)
        raw.drip(drop, every=SOON / 10)
        assert (408, "request_timeout", "close") == raw.answer().error()
        assert b"" == raw.rest()


def test_a_body_in_pieces_is_taken(hasty: Any, connect: Connect) -> None:
    """As long as it comes in time; so is the next one."""
    walk = hasty()
    raw = connect(walk)
    for _ in range(2):
        raw.send(POST)
        for byte in BODY:
            raw.send(bytes([byte]))
            _settle(walk)
        assert 201 == raw.answer().status


def test_a_body_that_nobody_waits_for_is_given_up(hasty: Any, connect: Connect) -> None:
    """It does not hold the connection, though the answer is long there."""
    walk = hasty(body_seconds=SOON)
    raw = connect(walk)
    raw.send(POST.replace(b"/api/brands", b"/nowhere"))
    assert 404 == raw.answer().status
    raw.send(b" ")
    assert b"" == raw.rest()


def test_the_rest_of_such_a_body_may_come(hasty: Any, connect: Connect) -> None:
    """The connection is then idle, and serves on."""
    walk = hasty(body_seconds=5 * SOON)
    raw = connect(walk)
    raw.send(POST.replace(b"/api/brands", b"/nowhere"))
    assert 404 == raw.answer().status
    raw.send(BODY[:10])
    _settle(walk)
    raw.send(BODY[10:])
    assert not select.select([raw.socket], [], [], 6 * SOON)[0]
    raw.send(GET)
    assert 200 == raw.answer().status


def test_what_is_no_body_ends_the_connection(hasty: Any, connect: Connect) -> None:
    """Though nobody waits for it any more, and it was answered."""
    walk = hasty()
    raw = connect(walk)
    raw.send(CHUNKED.replace(b"/api/brands", b"/nowhere"))
    assert 404 == raw.answer().status
    raw.send(b"zz\r\n")
    assert b"" == raw.rest()


def test_who_is_still_sending_gets_to_read_the_answer(serve: Any, connect: Connect) -> None:
    """The connection is not reset at once; but it does not stay either."""
    walk = serve(make_loop=uvloop.new_event_loop, body_seconds=SOON)
    raw = connect(walk)
    raw.send(POST.replace(b"20", b"9999"))
    assert 408 == raw.answer().status
    for _ in range(3):
        raw.send(b" ")
        _settle(walk)
    assert b"" == raw.rest()
    walk.client.close()
    assert 0 == _connections(walk)


def test_who_is_idle_after_such_a_body_is_let_go(hasty: Any, connect: Connect) -> None:
    """As after any other request, and not before."""
    walk = hasty()
    walk.served.server.config.timeout_keep_alive = SOON
    raw = connect(walk)
    raw.send(POST.replace(b"/api/brands", b"/nowhere"))
    assert 404 == raw.answer().status
    raw.send(BODY[:10])
    assert not select.select([raw.socket], [], [], 2 * SOON)[0]
    raw.send(BODY[10:])
    assert b"" == raw.rest()


def test_a_mounted_api_gives_bodies_up_too() -> None:
    """Whatever serves it, by the event loop's own clock."""

    async def ask() -> httpx2.Response:
        api = create_app(memory_deps(), HttpOptions(body_seconds=SOON))
        transport = httpx2.ASGITransport(app=Starlette(routes=[Mount("/brains", api)]))

        async def pieces() -> Any:
            yield b"{"
            await asyncio.Event().wait()

        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post("/brains/api/brands", content=pieces())

    answer = asyncio.run(ask())
    assert (408, "request_timeout") == (answer.status_code, answer.json()["code"])


def test_who_does_not_read_is_given_up(hasty: Any, connect: Connect) -> None:
    """The server lets go of the connection, the task, and what it wanted to say."""
    walk = hasty(stalled_seconds=SOON)
    raw = connect(walk, receive_buffer=4096)
    raw.send(b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n" + GET)
    raw.send((b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n") * 200)
    assert raw.is_dropped()
    walk.client.close()
    assert 0 == _connections(walk)
    assert not walk.served.server.server_state.tasks


@pytest.mark.parametrize("last", [b"Connection: close\r\n", b""])
def test_who_leaves_the_end_of_an_answer_is_given_up(hasty: Any, connect: Connect, last: bytes) -> None:
    """Though there is nothing more to send: on a connection that is to be closed, and on one that was idle."""
    walk = hasty(stalled_seconds=SOON)
    walk.served.server.config.timeout_keep_alive = SOON
    walk.served.server.servers[0].sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    raw = connect(walk, receive_buffer=4096)
    ask = b"GET /api/onboarding/questions HTTP/1.1\r\n" + HOST
    raw.send((ask + b"\r\n") * 9 + ask + last + b"\r\n")
    assert raw.is_dropped()
    walk.client.close()
    assert 0 == _connections(walk)


def test_an_idle_connection_is_closed_in_the_end(hasty: Any, connect: Connect) -> None:
    """Counted from its last answer."""
    walk = hasty()
    walk.served.server.config.timeout_keep_alive = 5 * SOON
    raw = connect(walk)
    for _ in range(4):
        raw.send(GET)
        assert 200 == raw.answer().status
        assert not select.select([raw.socket], [], [], 2 * SOON)[0]
    assert b"" == raw.rest()


@pytest.mark.parametrize(
    ("unsent", "expected"),
    [
        ([100_000, 100_000], ["looked", "aborted"]),
        ([100_000, 90_000], ["looked", "aborted"]),
        ([100_000, 80_000, 60_000, 59_999], ["looked", "looked", "looked", "aborted"]),
        ([100_000, 80_000, 60_000, 0], ["looked", "looked", "looked"]),
        ([10, 10], ["looked", "aborted"]),
        ([10, 0], ["looked"]),
        ([0], []),
    ],
)
def test_whoever_takes_some_of_an_answer_may_go_on(unsent: list[int], expected: list[object]) -> None:
    """16 KiB in each period are enough."""
    line = _Line(unsent)
    unread = Unread(cast("asyncio.AbstractEventLoop", line), 1.0)
    unread.watch(cast("asyncio.Transport", line))
    line.run()
    assert expected == line.log


def test_a_stream_outlives_all_deadlines(hasty: Any, connect: Connect) -> None:
    """It ends when there is no more to say, even if half a request follows it."""
    walk = hasty(head_seconds=SOON, body_seconds=SOON, stalled_seconds=SOON, events_comment_seconds=SOON / 4)
    brand = walk.ready()
    url = f"/api/brands/{brand}/brandbrain/compile/{walk.kick_off(brand)}/events"
    raw = connect(walk)
    raw.send(f"GET {url} HTTP/1.1\r\n".encode() + HOST + b"\r\n" + GET[:-2])
    seen = b""
    while seen.count(b"still here") < 12:
        seen += raw.socket.recv(65_536)
    assert b"HTTP/1.1 408" not in seen
    assert walk.work(brand) is not None
    seen += raw.rest()
    assert seen.index(b"SUCCEEDED") < seen.index(b"HTTP/1.1 408")


@pytest.mark.parametrize("begin", [b"", GET])
def test_a_head_that_is_too_large_is_refused(hasty: Any, connect: Connect, begin: bytes) -> None:
    """Be it one line, many, or an address; the client gets to read that, though it was still sending."""
    walk = hasty()
    for large in (
        GET[:-2] + b"X-Large: " + b"x" * 1_000_000,
        GET[:-2] + b"X-Many: 1\r\n" * 100_000,
        b"GET /" + b"x" * 1_000_000,
    ):
        raw = connect(walk)
        if begin:
            raw.send(begin)
            assert 200 == raw.answer().status
        raw.send(large)
        assert (431, "head_too_large", "close") == raw.answer().error()


def test_a_head_of_60_kibibytes_is_taken(hasty: Any, connect: Connect) -> None:
    """At once or in two parts, and the next one as well."""
    walk = hasty()
    raw = connect(walk)
    large = GET[:-2] + b"X-Large: " + b"x" * 61_440 + b"\r\n\r\n"
    for parts in ([large], [large[:100], large[100:]], [large[:50_000], large[50_000:]]):
        for part in parts:
            raw.send(part)
            _settle(walk)
        assert 200 == raw.answer().status


def test_large_bodies_do_not_count_as_heads(hasty: Any, connect: Connect) -> None:
    """Nor do many requests at once."""
    walk = hasty()
    raw = connect(walk)
    body = json.dumps({"name": "M", "x": "y" * 500_000}).encode()
    raw.send(POST.replace(b"20", str(len(body)).encode()) + body)
    assert 201 == raw.answer().status
    raw.send(GET * 3000)
    assert {200} == {raw.answer().status for _ in range(3000)}


def test_whoever_asked_before_is_answered_first(hasty: Any, connect: Connect) -> None:
    """Each request in its turn, also before the one that cannot be read."""
    walk = hasty()
    raw = connect(walk)
    raw.send(POST + BODY + GET + NO_HTTP["no request line"] + GET)
    assert [201, 200] == [raw.answer().status for _ in range(2)]
    assert (400, "malformed_request", "close") == raw.answer().error()
    assert b"" == raw.rest()


@given(cuts=st.sets(st.integers(1, len(SEVERAL) - 1), max_size=12))
@example(cuts=set(range(1, len(SEVERAL))))
def test_it_does_not_matter_where_a_request_is_cut(walk: Any, cuts: set[int]) -> None:
    """Nor what comes in together: each is answered in its turn."""
    with closing(Raw(walk.served.url)) as raw:
        for begin, end in pairwise([0, *sorted(cuts), len(SEVERAL)]):
            raw.send(SEVERAL[begin:end])
            _settle(walk)
        assert [201, 200, 404, 201, 200] == [raw.answer().status for _ in range(5)]
        assert (400, "malformed_request", "close") == raw.answer().error()
        assert b"" == raw.rest()


def test_a_body_may_wait_until_it_is_asked_for(hasty: Any, connect: Connect) -> None:
    """As curl does with larger ones."""
    walk = hasty()
    raw = connect(walk)
    for _ in range(2):
        raw.send(POST[:-2] + b"Expect: 100-continue\r\n\r\n")
        assert 100 == raw.answer().status
        raw.send(BODY)
        assert 201 == raw.answer().status


@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
def test_a_wish_for_another_protocol_is_not_heeded(hasty: Any, connect: Connect, protocol: str) -> None:
    """The request is answered as it is, with its body, and so is the next one on the connection."""
    walk = hasty()
    raw = connect(walk)
    wish = WISH.replace(b"h2c", protocol.encode())
    for request, expected in ((POST[:-2] + wish + BODY, 201), (GET[:-2] + wish, 200), (GET, 200)):
        raw.send(request)
        assert expected == raw.answer().status
    raw.send((GET[:-2] + wish) * 2000)
    assert {200} == {raw.answer().status for _ in range(2000)}


def test_who_is_cut_short_is_told_so(hasty: Any, connect: Connect) -> None:
    """By a server that has waited long enough before it stopped."""
    walk = hasty()
    walk.served.server.config.timeout_graceful_shutdown = SOON
    raw = connect(walk)
    raw.send(POST)
    _settle(walk)
    walk.served.server.stop()
    assert (503, "stopped", "close") == raw.answer().error()
    assert b"" == raw.rest()


def test_a_client_that_hangs_up_is_forgotten(hasty: Any, connect: Connect) -> None:
    """In the middle of whatever it was about to say."""
    walk = hasty()
    for begun in (b"", b"GE", GET[:-2], GET, POST, POST + BODY[:5], CHUNKED + b"1\r\n", b"odd\r\n"):
        with closing(connect(walk)) as raw:
            raw.send(begun)
            _settle(walk)
    walk.client.close()
    assert 0 == _connections(walk)
