"""Processes that answer HTTP, for tests: started on a free port, found through what they say."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import httpx2
from tests.brandbrain.conftest import Command

PAGE = (
    b"<html><head><title>Marrowby</title></head><body><main><p>"
    + b"We mend sails by hand, in the loft by the harbour, and send each one home with a card. " * 12
    + b"</p></main></body></html>"
)


class Site:
    """A site of one page, which can be held: then it answers nothing until it is let."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let = threading.Event()
        self.let.set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.set()
                site.let.wait(60)
                self.send_response(404 if self.path == "/robots.txt" else 200)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-length", str(len(site.page)))
                self.end_headers()
                self.wfile.write(site.page)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.page = PAGE
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Serving:
    """A process of the command that answers HTTP; it is there once its address was said."""

    def __init__(self, command: Command, *args: str, env: Mapping[str, str] | None = None) -> None:
        self.process = command.start(*args, env=env)
        self.said = ""
        self._spoken = threading.Condition()
        self._listener = threading.Thread(target=self._listen)

    def __enter__(self) -> Self:
        self._listener.start()
        self.url = self.until(r"http://[^\s\"]+?:\d+")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.ended()

    def until(self, pattern: str) -> str:
        """Wait until it says something like *pattern*; return that, or the group in it."""
        with self._spoken:
            found = self._spoken.wait_for(
                lambda: re.search(pattern, self.said) or not self._listener.is_alive(), timeout=60
            )
            assert isinstance(found, re.Match), self.said
            return found[found.re.groups]

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def ended(self) -> int:
        """Wait until it ends; return its exit code."""
        code = self.process.wait(timeout=60)
        self._listener.join()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code

    def client(self, **options: Any) -> httpx2.Client:
        """Return a client of it."""
        return httpx2.Client(base_url=self.url, timeout=30, **options)

    def log(self) -> list[dict[str, Any]]:
        """Return the lines of its log."""
        return [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._spoken:
                self.said += line
                self._spoken.notify_all()
        with self._spoken:
            self._spoken.notify_all()


def run_until_it_ends(command: Command, *args: str) -> tuple[int, str]:
    """Run a command that is expected to end by itself; return its code and what it said on stderr."""
    process = command.start(*args)
    try:
        _, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return process.returncode, err
