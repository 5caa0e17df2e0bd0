"""JSON from outside made storable: no NUL, no lone surrogate, no NaN, no bottomless nesting."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from brandbrain_core.model.json import JsonValue
from brandbrain_core.policies.storable import storable

MAX_DEPTH: Final = 64
"""What lies deeper than this is left out."""

_MAX_DIGITS: Final = 400


def plain_json(value: Any, depth: int = MAX_DEPTH) -> JsonValue:
    """
    Return *value* with only what every database and every reader of JSON can take.

    >>> plain_json({"a": float("nan"), "b": [1, "x"], 7: (2,)})
    {'a': None, 'b': [1, 'x'], '7': [2]}
    """
    if isinstance(value, str):
        return storable(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth <= 0:
        return None
    if isinstance(value, dict):
        return {storable(str(key)): plain_json(each, depth - 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(each, depth - 1) for each in value]
    return storable(str(value))


def parsed_json(text: str) -> JsonValue:
    """
    Return what *text* says in JSON, made storable; raise `ValueError` with a reason if it is none.

    >>> parsed_json('{"a": [1, NaN]}')
    {'a': [1, None]}
    """
    try:
        return plain_json(DECODER.decode(text))
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg.removesuffix(' starting at')} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


def _nothing(_constant: str) -> None:
    return None


DECODER: Final = json.JSONDecoder(strict=False, parse_int=_whole, parse_constant=_nothing)
"""Takes control characters in strings; NaN, infinity and whole numbers without end are null."""
