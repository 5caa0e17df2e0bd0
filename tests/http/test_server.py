"""Serving: how it stops, behind a proxy, mounted in another application."""

from __future__ import annotations

import threading
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from brandbrain_core.memory.given import memory_deps
from brandbrain_http import create_app
from brandbrain_http.binding import why_not_listen
from brandbrain_http.server import make_server


def test_requests_under_way_are_answered_before_it_stops(serve: Any) -> None:
    """Whoever was let in gets an answer."""
    walk = serve()
    began, answers = threading.Event(), []

    def pieces() -> Any:
        yield b'{"name": '
        began.set()
        walk.served.server.stop()
        yield b'"M"}'

    answers.append(httpx2.post(f"{walk.served.url}/api/brands", content=pieces(), timeout=30).status_code)
    assert began.is_set()
    assert [201] == answers


def test_a_mounted_api_gives_addresses_that_lead_back_to_it() -> None:
    """Below the path where it stands."""
    app = Starlette(routes=[Mount("/brains", create_app(memory_deps()))])
    with TestClient(app, base_url="http://localhost") as client:
        made = client.post("/brains/api/brands", json={"name": "M"})
        assert f"/brains/api/brands/{made.json()['id']}" == made.headers["location"]
        client.post("/brains/api/brands", json={"name": "N"})
        assert 200 == client.get(made.headers["location"]).status_code
        link = client.get("/brains/api/brands?limit=1").headers["link"]
        assert link.startswith("</brains/api/brands?limit=1&cursor=")
        assert 200 == client.get("/brains/healthz").status_code
        assert 404 == client.get("/api/brands").status_code


def test_what_is_no_http_is_turned_away() -> None:
    """A web socket is closed at once."""
    with TestClient(create_app(memory_deps()), base_url="http://localhost") as client:
        socket = client.websocket_connect("/api/brands")
        with pytest.raises(WebSocketDisconnect):
            socket.__enter__()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.5", "api.example.org"])
def test_an_open_api_stays_on_this_machine(host: str) -> None:
    """Unless there are keys, or the operator insists."""
    assert why_not_listen(host, has_keys=False, insecure=False)
    assert why_not_listen(host, has_keys=True, insecure=False) is None
    assert why_not_listen(host, has_keys=False, insecure=True) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "[::1]"])
def test_this_machine_may_always_listen_to_itself(host: str) -> None:
    """Without keys."""
    assert why_not_listen(host, has_keys=False, insecure=False) is None


def test_proxies_are_believed_only_if_they_are_named() -> None:
    """Else anybody could claim to be anybody."""
    api = create_app(memory_deps())
    assert not make_server(api).config.proxy_headers
    trusting = make_server(api, trusted_proxies=["10.0.0.0/8"]).config
    assert (True, ["10.0.0.0/8"]) == (trusting.proxy_headers, trusting.forwarded_allow_ips)
