"""What happens when core is imported: code is read, and nothing else."""

from __future__ import annotations

import subprocess
import sys

WATCHED = r"""
import re
import sys

FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.fork", "os.exec", "os.spawn", "sqlite3.", "urllib.", "ctypes.")
CODE = re.compile(r".*\.(?:py|so|pyd|pyc(?:\.\d+)?)")
seen = []

def watch(event, args):
    if event == "open" and not CODE.fullmatch(str(args[0])):
        seen.append(f"open {args[0]}")
    elif event.startswith(FORBIDDEN):
        seen.append(event)

import attrs, cattrs
sys.addaudithook(watch)
import brandbrain_core
{more}
print("\n".join(seen))
"""


def what_happens(more: str) -> str:
    """Import core in a fresh interpreter, do *more*, and return what was opened or connected meanwhile."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED.replace("{more}", more)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout.strip()


def test_importing_core_opens_no_data_file_and_no_socket() -> None:
    """The front door reads code alone: no word list, no setting, no address is looked up."""
    assert "" == what_happens("")


def test_importing_every_part_of_core_opens_no_data_file_and_no_socket() -> None:
    """Neither do ports, services, pipeline, synthesizers and the adapters in memory."""
    parts = "blocking", "memory", "pipeline", "ports", "services.compile_now", "synthesis", "wire"
    assert "" == what_happens("\n".join(f"import brandbrain_core.{part}" for part in parts))


def test_the_watch_sees_what_it_is_for() -> None:
    """A data file that is opened, and a socket that is made, are told."""
    told = what_happens("import socket\nopen('/dev/null').close()\nsocket.socket().close()")
    assert ["open /dev/null", "socket.__new__"] == told.splitlines()
