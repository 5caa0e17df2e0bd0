"""A folder of web pages, served on loopback for as long as it is crawled."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import attrs

_MAX_FILES: Final = 5_000
_HOST: Final = "127.0.0.1"


@attrs.frozen(kw_only=True)
class Folder:
    """
    A folder that stands in for a site.

    Attributes:
        path: Resolved.
        public: The address it stands in for, without a trailing slash: ``https://loft.example``.
    """

    path: Path
    public: str

    def local(self, port: int) -> str:
        """
        Return the address of the site while it is served on *port*: the public one, by HTTP, on that port.

        >>> Folder(path=Path("site"), public="https://loft.example/shop").local(8080)
        'http://loft.example:8080/shop'
        """
        parts = urlsplit(self.public)
        return f"http://{parts.hostname}:{port}{parts.path}"

    def holds(self, url: str) -> bool:
        """
        Tell whether *url* stands for a page of this folder.

        >>> site = Folder(path=Path("site"), public="https://loft.example")
        >>> site.holds("https://loft.example/a"), site.holds("https://loft.example.org/")
        (True, False)
        """
        return url == self.public or url.startswith(f"{self.public}/")

    def digest(self) -> str:
        """Return a digest of what the folder holds: another one after any change."""
        digest = sha256()
        for file in sorted(self.files())[:_MAX_FILES]:
            digest.update(f"{file.relative_to(self.path).as_posix()}\0".encode())
            digest.update(sha256(file.read_bytes()).digest())
        return digest.hexdigest()

    def files(self) -> Iterator[Path]:
        """Yield every file below the folder; a link that leads out of it is none."""
        for file in self.path.rglob("*"):
            if file.is_file() and file.resolve().is_relative_to(self.path):
                yield file

    def file_of(self, path: str) -> Path | None:
        """Return the file that the path of a request stands for; None: there is none in this folder."""
        base = urlsplit(self.public).path
        inside = path if path == "/robots.txt" else path.removeprefix(base)
        if path != "/robots.txt" and not path.startswith(base):
            return None
        if "\0" in (asked := unquote(inside)):
            return None
        found = (self.path / asked.lstrip("/")).resolve()
        if found.is_dir():
            found = found / "index.html"
        return found if found.is_relative_to(self.path) and found.is_file() else None


@contextmanager
def serving(folder: Folder) -> Iterator[int]:
    """Serve *folder* on a free port of the loopback address; gives the port."""
    server = _Server(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="site", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Folder) -> None:
        super().__init__((_HOST, 0), _Handler)
        self.folder = folder


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        folder = self.server.folder
        file = folder.file_of(urlsplit(self.path).path)
        body = b"There is no such page\n" if file is None else file.read_bytes()
        kind = (mimetypes.guess_type(file.name)[0] if file else "text/plain") or "application/octet-stream"
        if kind in {"text/html", "application/xhtml+xml"}:
            body = body.replace(folder.public.encode(), folder.local(self.server.server_port).encode())
        self.send_response(404 if file is None else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Keep quiet: the crawler reports what went wrong."""
