"""How the HTTP layer behaves; built once, at the edge, from the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs
from attrs import validators as v

DEFAULT_HOSTS: Final = ("localhost", "127.0.0.1")
DEFAULT_ORIGINS: Final = ("http://localhost:3000",)


def _real_origins(_: object, __: object, origins: tuple[str, ...]) -> None:
    if "*" in origins:
        raise ValueError("the origin * cannot be allowed, since credentials are; name the origins")


@attrs.frozen(kw_only=True)
class HttpOptions:
    """
    How the HTTP layer behaves.

    Attributes:
        allowed_hosts: Host headers that are answered, without ports; ``.example.org`` stands for the domain and all
            under it, ``*`` for any.
        cors_allowed_origins: Origins whose pages may call the API, with credentials; never ``*``.
        metrics: Whether ``/metrics`` is there.
        head_seconds: How long a client may take for the head of a request, from its first byte on, or from the
            beginning of the connection. Holds in our own server only.
        body_seconds: How long it may take for the body of a request.
        stalled_seconds: How long it may take nothing of what we send. Holds in our own server only.
        events_poll_seconds: How often a stream of events looks for a change.
        events_comment_seconds: How often a silent stream says that it is alive.
        statements: Tells how many statements the running task has sent to the database so far; for the access log.
            None: nobody counts.
    """

    allowed_hosts: tuple[str, ...] = DEFAULT_HOSTS
    cors_allowed_origins: tuple[str, ...] = attrs.field(default=DEFAULT_ORIGINS, validator=_real_origins)
    metrics: bool = False
    head_seconds: float = attrs.field(default=10.0, validator=v.gt(0))
    body_seconds: float = attrs.field(default=30.0, validator=v.gt(0))
    stalled_seconds: float = attrs.field(default=30.0, validator=v.gt(0))
    events_poll_seconds: float = attrs.field(default=1.0, validator=v.gt(0))
    events_comment_seconds: float = attrs.field(default=15.0, validator=v.gt(0))
    statements: Callable[[], int] | None = None
