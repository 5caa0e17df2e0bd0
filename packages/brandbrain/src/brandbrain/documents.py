"""Documents that people write: TOML and JSON, read whole; and what to say where one cannot be read."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final

from brandbrain_core.errors import InvalidFile

_TOO_DEEP: Final = "it is nested too deeply"


def read_toml(path: Path, *, shown: str | None = None) -> dict[str, Any]:
    """Return what a TOML file says; raise `InvalidFile` in the name *shown*, else the path."""
    with _errors(shown or os.fspath(path), "TOML"):
        return tomllib.loads(path.read_text("utf-8-sig"))


def read_json(path: Path, *, shown: str | None = None) -> Any:
    """Return what a JSON file says; raise `InvalidFile` in the name *shown*, else the path."""
    with _errors(shown or os.fspath(path), "JSON"):
        return parsed_json(path.read_text("utf-8-sig"))


def parsed_json(text: str) -> Any:
    """
    Return what *text* says in JSON; raise `ValueError` with a reason for people.

    >>> parsed_json("[1,")
    Traceback (most recent call last):
    ValueError: Expecting value (line 1, column 4)
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        message = error.msg.removesuffix(" starting at")
        raise ValueError(f"{message} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except ValueError:
        raise ValueError("a number in it has too many digits") from None


def why_no_file(path: Path) -> str | None:
    """Say why there is no file to read at *path*; None: there is one."""
    try:
        is_regular = S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return "there is no such file"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return None if is_regular else "it is no file"


def is_file(path: Path) -> bool:
    """Tell whether there is a file; a path that no file can have names none."""
    return why_no_file(path) is None


def is_writable(path: Path) -> bool:
    """Tell whether this process may write the file or folder at *path*."""
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder; a path that no folder can have names none."""
    return _is(path.is_dir)


def exists(path: Path) -> bool:
    """Tell whether there is anything; a path that nothing can have names nothing."""
    return _is(path.exists)


def _is(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (OSError, ValueError):
        return False


@contextmanager
def _errors(shown: str, form: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise InvalidFile(shown, "there is no such file") from None
    except OSError as error:
        raise InvalidFile(shown, f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InvalidFile(shown, f"is not in UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
    except RecursionError:
        raise InvalidFile(shown, f"cannot be read as {form}: {_TOO_DEEP}") from None
    except ValueError as error:
        raise InvalidFile(shown, f"cannot be read as {form}: {error}") from None
