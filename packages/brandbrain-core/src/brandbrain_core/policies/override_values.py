"""Which values may stand at a path: of the field's kind, of JSON, of a size that people can read."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

from brandbrain_core.errors import InvalidOverrideValue
from brandbrain_core.model.json import JsonValue
from brandbrain_core.policies.paths import value_type
from brandbrain_core.policies.schema import ValueKind

MAX_TEXT: Final = 10_000
"""Of any text in a value, in characters."""

MAX_ITEMS: Final = 100
"""Of any list or object in a value."""

MAX_DEPTH: Final = 16
"""Of lists and objects within one another."""

MAX_PARTS: Final = 2_000
"""Of a value: its lists, objects and what they hold, counted together."""

_LARGEST: Final = 2**63
_UNFIT: Final = re.compile("[\x00\ud800-\udfff]")


class _Unfit(Exception):
    """Why a value is refused; the path is added by `check_value`."""


def check_value(path: str, value: JsonValue) -> None:
    """
    Check that *value* may override the field at an anchored *path*.

    A text must not be blank; a list may be empty. Fields that are an enum take any text.

    Raises:
        InvalidOverrideValue: It may not.
        InvalidOverridePath: The path names no field.

    >>> check_value("voice.cta_policy", 3)
    Traceback (most recent call last):
    brandbrain_core.errors.inputs.InvalidOverrideValue: Invalid override value for voice.cta_policy: must be a string
    """
    try:
        _CHECKS[value_type(path)](value)
    except _Unfit as why:
        raise InvalidOverrideValue(path, str(why)) from None


def _check_text(value: JsonValue) -> None:
    if not isinstance(value, str):
        raise _Unfit("must be a string")
    if not value.strip():
        raise _Unfit("must not be blank")
    _check_characters(value)


def _check_texts(value: JsonValue) -> None:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise _Unfit("must be a list of strings")
    if any(not item.strip() for item in value):
        raise _Unfit("must have no blank items")
    _check_json(value)


def _check_object(value: JsonValue) -> None:
    if not isinstance(value, Mapping):
        raise _Unfit("must be an object")
    _check_json(value)


def _check_any(value: JsonValue) -> None:
    if value is None:
        raise _Unfit("must not be null")
    _check_json(value)


_CHECKS: Final = {
    ValueKind.TEXT: _check_text,
    ValueKind.TEXTS: _check_texts,
    ValueKind.OBJECT: _check_object,
    ValueKind.ANY: _check_any,
}


def _check_json(value: JsonValue) -> None:
    """Check all parts of *value*, without recursion, so that no nesting is too deep for us."""
    waiting: list[tuple[JsonValue, int]] = [(value, 1)]
    parts = 0
    while waiting:
        part, depth = waiting.pop()
        parts += 1
        if parts > MAX_PARTS:
            raise _Unfit(f"must have at most {MAX_PARTS} parts")
        if isinstance(part, Mapping | list | tuple):
            _check_size(part, depth)
            members = part.values() if isinstance(part, Mapping) else part
            waiting.extend((member, depth + 1) for member in members)
        else:
            _check_scalar(part)


def _check_size(part: JsonValue, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _Unfit(f"must be nested at most {MAX_DEPTH} deep")
    if len(part) > MAX_ITEMS:
        raise _Unfit(f"must have at most {MAX_ITEMS} items in a list or object")
    if isinstance(part, Mapping):
        for name in part:
            if not isinstance(name, str):
                raise _Unfit("must have strings as names")
            _check_characters(name)


def _check_scalar(part: JsonValue) -> None:
    if isinstance(part, str):
        _check_characters(part)
    elif isinstance(part, float):
        if not math.isfinite(part):
            raise _Unfit("must have no NaN or infinity")
    elif isinstance(part, int):
        if not -_LARGEST <= part < _LARGEST:
            raise _Unfit("must have no whole number of more than 64 bits")
    elif part is not None:
        raise _Unfit(f"must be JSON, not {type(part).__name__}")


def _check_characters(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise _Unfit(f"must have at most {MAX_TEXT} characters in a text")
    if _UNFIT.search(text):
        raise _Unfit("must have no NUL and no half of a character in a text")
