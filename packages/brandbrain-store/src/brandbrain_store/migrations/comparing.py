"""What of the described schema a database is meant to have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def belongs_to(database: str) -> Callable[..., bool]:
    """Return Alembic's filter that leaves out what is described for another database only."""

    def belongs(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:  # noqa: ARG001
        meant: bool = getattr(thing, "info", {}).get("database", database) == database
        return meant

    return belongs
