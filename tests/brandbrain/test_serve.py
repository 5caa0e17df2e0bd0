"""`brandbrain serve` and `brandbrain up`, as processes behind sockets."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.brandbrain.conftest import ANSWERS, Command
from tests.brandbrain.serving import Serving, Site, run_until_it_ends

QUICK = {
    "BRANDBRAIN_CRAWLER_ALLOW_PRIVATE": "on",
    "BRANDBRAIN_HEARTBEAT_SECONDS": "0.5",
    "BRANDBRAIN_STALE_SECONDS": "5",
    "BRANDBRAIN_POLL_SECONDS": "0.2",
}


@pytest.fixture
def site() -> Iterator[Site]:
    """A site to crawl."""
    with Site() as site:
        yield site


@pytest.fixture
def quick(tmp_path: Path) -> Command:
    """The command, with a worker that notices things soon."""
    return Command(folder=tmp_path, env=QUICK)


def kick_off(client: httpx2.Client, site: Site) -> str:
    """Declare a brand and kick its compile off; return the address at which it is watched."""
    brand = client.post("/api/brands", json={"name": "Marrowby"}).json()["id"]
    client.put(f"/api/brands/{brand}/onboarding", json={"tier": 0, "answers_json": ANSWERS})
    source = {"platform": "web", "capability": "crawl_pages", "identifier": site.url}
    assert 201 == client.post(f"/api/brands/{brand}/sources", json=source).status_code
    answer = client.post(f"/api/brands/{brand}/brandbrain/compile")
    assert 202 == answer.status_code, answer.text
    return str(answer.headers["location"])


def events(client: httpx2.Client, run: str) -> str:
    """Follow a run until the stream ends; return all of it."""
    return client.get(run.replace("/status", "/events"), timeout=60).text


def test_up_compiles_what_is_kicked_off(quick: Command, site: Site) -> None:
    """From an empty folder: the schema, the API and the worker are there, and the snapshot is read back."""
    with Serving(quick, "up", "--port", "0") as up, up.client() as client:
        run = kick_off(client, site)
        followed = events(client, run)
        status = client.get(run).json()
        up.signal(signal.SIGINT)

        assert 0 == up.ended()
    assert '"status":"SUCCEEDED"' in followed
    assert ("SUCCEEDED", 1) == (
        status["status"],
        status["snapshot"]["snapshot_json"]["meta"]["evidence_summary"]["total_count"],
    )
    assert up.said.startswith("api: http://127.0.0.1:")
    assert "\nworker: " in up.said


def test_one_signal_drains_both(quick: Command, site: Site) -> None:
    """A compile that waits for its site when Ctrl-C comes is ended, not handed back, and nothing new is accepted."""
    with Serving(quick, "up", "-v", "--port", "0") as up, up.client() as client:
        site.let.clear()
        kick_off(client, site)
        assert site.asked.wait(30)
        up.signal(signal.SIGINT)
        up.until("draining")
        site.let.set()

        assert 0 == up.ended(), up.said
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{up.url}/healthz")
    (job,) = quick.json("jobs", "list")["jobs"]
    assert ("succeeded", 1) == (job["status"], job["attempts"])


def test_a_stream_ends_when_the_server_is_told_to_stop(quick: Command, site: Site) -> None:
    """A client that follows a run which nobody works on does not hold the server up, and gets a whole answer."""
    with Serving(quick, "serve", "--port", "0") as api, api.client() as client:
        run = kick_off(client, site)
        with client.stream("GET", run.replace("/status", "/events")) as stream:
            chunks = stream.iter_text()
            first = next(chunks)
            api.signal(signal.SIGTERM)
            rest = "".join(chunks)

        assert 0 == api.ended()
    assert '"status":"PENDING"' in first
    assert "" == rest


def test_a_request_under_way_is_answered_before_the_end(command: Command) -> None:
    """SIGTERM comes while a body is still being sent: the brand is made all the same."""
    with Serving(command, "serve", "--port", "0") as api:
        sent, told = threading.Event(), threading.Event()

        def body() -> Iterator[bytes]:
            yield b'{"name": '
            sent.set()
            assert told.wait(30)
            yield b'"Marrowby"}'

        def interrupt() -> None:
            assert sent.wait(30)
            assert 200 == httpx2.get(f"{api.url}/healthz").status_code
            api.signal(signal.SIGTERM)
            told.set()

        interrupting = threading.Thread(target=interrupt)
        interrupting.start()
        answer = httpx2.post(f"{api.url}/api/brands", content=body(), headers={"content-type": "application/json"})
        interrupting.join()

        assert 201 == answer.status_code
        assert 0 == api.ended()


def test_a_second_signal_cuts_requests_short(command: Command) -> None:
    """A client that never finishes its request cannot hold the end up for those who insist: code 130."""
    with Serving(command, "serve", "--port", "0") as api:
        host, port = api.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            head = b"POST /api/brands HTTP/1.1", b"host: localhost", b"content-length: 99", b"expect: 100-continue"
            client.sendall(b"\r\n".join((*head, b"", b"")))
            assert client.recv(99).startswith(b"HTTP/1.1 100 ")
            api.signal(signal.SIGTERM)
            _until_nobody_listens(host, int(port))
            api.signal(signal.SIGTERM)

            assert 130 == api.ended()


def test_every_request_is_a_line_of_the_log(command: Command) -> None:
    """As JSON it has the facts by name; as text it is one line for people."""
    env = {"BRANDBRAIN_LOG_FORMAT": "json"}
    with Serving(command, "serve", "--port", "0", env=env) as api, api.client() as client:
        client.get("/api/brands", headers={"x-request-id": "trace-1"})
        api.until("trace-1")
        (line,) = [line for line in api.log() if "request_id" in line]
    assert ("trace-1", "GET", "/api/brands", 200, "/api/brands") == tuple(
        line[name] for name in ("request_id", "method", "path", "status", "route")
    )
    with (
        Serving(command, "serve", "--port", "0", env={"BRANDBRAIN_LOG_FORMAT": "text"}) as api,
        api.client() as client,
    ):
        client.get("/api/brands")
        api.until("INFO brandbrain_http.*: GET /api/brands 200")
    assert api.said.startswith("the API is at http://127.0.0.1:")


def test_a_taken_port_is_said(command: Command) -> None:
    """One sentence with the way out, code 1, no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for name in ("serve", "up"):
            code, err = run_until_it_ends(command, name, "--port", str(port))
            assert 1 == code
            assert f"Cannot listen on 127.0.0.1:{port}: another program listens there; --port names another" in err
            assert "Traceback" not in err


@pytest.mark.parametrize("name", ["serve", "up"])
def test_it_does_not_open_itself_to_others_without_keys(command: Command, name: str) -> None:
    """Beyond loopback it wants keys, or --insecure; the refusal says so, with the code of a mistake."""
    for args in ((name, "--host", "0.0.0.0", "--port", "0"), (name, "--host", "::", "--port", "0")):
        code, err = run_until_it_ends(command, *args)
        assert 2 == code
        assert "brandbrain keys create" in err
        assert "--insecure" in err
    with Serving(command, name, "--host", "0.0.0.0", "--port", "0", "--insecure") as api, api.client() as client:
        assert 200 == client.get("/api/brands").status_code


def test_keys_open_the_way_to_others_and_are_asked_for(command: Command) -> None:
    """With a key it binds everywhere; a call without one is a 401, with it is answered; taken back it is refused."""
    key = command("keys", "create", "app").stdout.strip()
    with Serving(command, "serve", "--host", "0.0.0.0", "--port", "0") as api, api.client() as client:
        assert 401 == client.get("/api/brands").status_code
        assert 200 == client.get("/healthz").status_code
        assert 200 == client.get("/api/brands", headers={"authorization": f"Bearer {key}"}).status_code
        command("keys", "revoke", key.rpartition("_")[0][:15])
    with Serving(command, "serve", "--host", "0.0.0.0", "--port", "0") as api, api.client() as client:
        assert 401 == client.get("/api/brands", headers={"authorization": f"Bearer {key}"}).status_code


def test_a_first_key_is_asked_for_without_a_restart(command: Command) -> None:
    """A server that is open notices within seconds that a key was made."""
    with Serving(command, "serve", "--port", "0") as api, api.client() as client:
        assert 200 == client.get("/api/brands").status_code
        command("keys", "create", "app")
        statuses = (client.get("/api/brands").status_code for _ in range(100_000))
        assert 401 == next(status for status in statuses if status != 200)


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"CORS_ALLOWED_ORIGINS": "*"}, "CORS_ALLOWED_ORIGINS: * would let every page act as its visitors"),
        ({"CORS_ALLOWED_ORIGINS": "https://app.example/"}, "https://app.example/ must end with the host or port"),
        ({"ALLOWED_HOSTS": ","}, "ALLOWED_HOSTS must name at least one host"),
        ({"ALLOWED_HOSTS": "https://api.example"}, "ALLOWED_HOSTS: https://api.example must be a name"),
        ({"BRANDBRAIN_TRUSTED_PROXIES": "nginx"}, "BRANDBRAIN_TRUSTED_PROXIES: nginx must be an address"),
    ],
)
def test_settings_that_could_never_work_stop_the_start(tmp_path: Path, env: dict[str, str], named: str) -> None:
    """They are named, before anything is opened; the doctor names them too."""
    command = Command(folder=tmp_path, env=env)
    for name in ("serve", "up"):
        assert named in command(name, "--port", "0", code=2).stderr
    assert named in " ".join(check["detail"] for check in _broken(command))


def test_the_doctor_looks_at_the_address(tmp_path: Path) -> None:
    """Open to others without keys is broken, with keys it is well; names that nobody else uses are noted."""
    command = Command(folder=tmp_path, env={"BRANDBRAIN_HOST": "0.0.0.0"})
    (address,) = _broken(command)
    assert "api address" == address["name"]
    command("keys", "create", "app")
    checks = {check["name"]: check for check in command.json("doctor")["checks"]}
    assert ("ok", "note") == (checks["api address"]["health"], checks["api hosts"]["health"])


def test_several_processes_answer_at_one_port(command: Command) -> None:
    """Requests are answered by whichever is free; one that dies is missed and said; SIGTERM ends them all."""
    with Serving(command, "serve", "--port", "0", "--workers", "2") as api, api.client() as client:
        assert 201 == client.post("/api/brands", json={"name": "Marrowby"}).status_code
        assert ["Marrowby"] == [brand["name"] for brand in client.get("/api/brands").json()]
        api.signal(signal.SIGTERM)

        assert 0 == api.ended(), api.said


def test_processes_end_with_their_parent(command: Command) -> None:
    """Even if it is killed and can tell them nothing, nobody goes on listening."""
    with Serving(command, "serve", "--port", "0", "--workers", "2") as api, api.client() as client:
        assert 200 == client.get("/healthz").status_code
        os.kill(api.process.pid, signal.SIGKILL)
        api.process.wait()
        api.ended()
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{api.url}/healthz")


def _until_nobody_listens(host: str, port: int) -> None:
    """Return once connections are refused."""
    for _ in range(100_000):
        try:
            socket.create_connection((host, port), timeout=30).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:
            continue
    pytest.fail("it goes on listening")


def _broken(command: Command) -> list[dict[str, str]]:
    process = command.start("doctor", "--json")
    out, err = process.communicate(timeout=60)
    assert 1 == process.returncode, err
    return [check for check in json.loads(out)["checks"] if check["health"] == "broken"]
