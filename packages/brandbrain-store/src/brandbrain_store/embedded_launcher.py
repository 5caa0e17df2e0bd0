"""
Take on an identity that PostgreSQL accepts, then become the program named on the command line.

Run as a script, in a process of its own, so that nothing of this happens between a fork and an exec of a process with
threads: ``python embedded_launcher.py IDENTITY PROGRAM ARGUMENT...``. IDENTITY is one of

- ``same``: the user as it is;
- ``namespace``: user 1000 of a new user namespace, which outside of it is still the caller;
- ``UID:GID``: an existing account; only root may ask for it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1


def become(identity: str) -> None:
    """Take on *identity*; raise `OSError` if the kernel forbids it."""
    if identity == "namespace":
        _enter_user_namespace()
    elif identity != "same":
        uid, gid = (int(part) for part in identity.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def _enter_user_namespace() -> None:
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "this kernel gives no user namespace")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"1000 {gid} 1")


def die_with_parent() -> None:
    """Have the kernel interrupt this process when the thread that started it ends, however that comes about."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def main(arguments: list[str]) -> None:
    """Become the program; this returns only by an exception."""
    identity, program, *rest = arguments
    become(identity)
    die_with_parent()
    os.execv(program, [program, *rest])


if __name__ == "__main__":
    main(sys.argv[1:])
