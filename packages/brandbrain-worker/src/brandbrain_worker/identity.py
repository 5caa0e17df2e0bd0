"""A worker's name on its leases."""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Callable
from typing import Final

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


def worker_name(hostname: str | None = None, token: Callable[[int], str] = secrets.token_hex) -> str:
    """
    Return a new name, ``{hostname}-{8 hex}``.

    >>> worker_name("loft.example", lambda n: "0f" * n)
    'loft.example-0f0f0f0f'
    """
    host = _UNSAFE.sub("-", hostname or socket.gethostname()) or "host"
    return f"{host}-{token(4)}"
