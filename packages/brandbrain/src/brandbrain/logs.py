"""Logging of the command: to stderr, for people or as one JSON object a line."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Final

_KNOWN: Final = frozenset(vars(logging.makeLogRecord({})).keys() | {"message", "asctime", "taskName"})
_LEVELS: Final = (logging.WARNING, logging.INFO, logging.DEBUG)


def set_up(*, verbose: int, style: str | None) -> None:
    """
    Send the log of this process to stderr.

    Args:
        verbose: 0: warnings, 1: what happens, 2 or more: everything of ours.
        style: ``text`` or ``json``; None: text on a terminal, else JSON.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextLines() if is_text(style) else JsonLines())
    root = logging.getLogger()
    for old in [h for h in root.handlers if getattr(h, "is_of_the_command", False)]:
        root.removeHandler(old)
    handler.is_of_the_command = True  # type: ignore[attr-defined]
    root.addHandler(handler)
    level = _LEVELS[min(verbose, len(_LEVELS) - 1)]
    root.setLevel(max(level, logging.INFO))
    logging.getLogger("brandbrain").setLevel(level)
    for package in ("core", "http", "sources", "store", "synthesis", "worker"):
        logging.getLogger(f"brandbrain_{package}").setLevel(level)
    for loud in ("httpx2", "httpcore2", "trafilatura", "asyncio", "alembic", "uvicorn", "watchfiles"):
        logging.getLogger(loud).setLevel(logging.WARNING if verbose < len(_LEVELS) - 1 else logging.INFO)


def is_text(style: str | None) -> bool:
    """Tell whether the log is written for people; see `set_up`."""
    return style == "text" or (style is None and sys.stderr.isatty())


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """Return what was given as ``extra=`` with a record."""
    return {name: value for name, value in vars(record).items() if name not in _KNOWN}


class TextLines(logging.Formatter):
    """``12:00:00 WARNING brandbrain_core.x: what happened (fact=value)``."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the name is logging's
        """Return the line, with the facts behind it."""
        line = super().formatMessage(record)
        given = facts(record)
        return f"{line} ({', '.join(f'{name}={value}' for name, value in given.items())})" if given else line


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, the facts, and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds")
        line = {"time": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        line |= {name: value for name, value in facts(record).items() if name not in line}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
