"""The command's own name on a lease, from which another process of this machine can tell that it is gone."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"local-(?P<host>.+)-(?P<pid>\d+)-(?P<started>\d+)")


def name() -> str:
    """Return this process's name: host, process id, and when it was started (clock ticks since boot)."""
    return f"local-{socket.gethostname()}-{os.getpid()}-{_started(os.getpid()) or 0}"


def is_dead(worker: str) -> bool:
    """
    Tell whether a worker of this name was a process of this machine that has certainly ended.

    A process id that was given anew is told apart by the time of its start, where the system tells it.
    """
    match = _NAME.fullmatch(worker)
    if match is None or match["host"] != socket.gethostname():
        return False
    pid, started = int(match["pid"]), int(match["started"])
    if not _exists(pid):
        return True
    now_started = _started(pid)
    return bool(started and now_started is not None and now_started != started)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[19])
