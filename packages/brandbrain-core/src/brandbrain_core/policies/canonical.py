"""
The canonical form of JSON text: equal values give equal bytes, so that they can be hashed and compared.

Members are sorted by the code points of their names, there is no space between tokens, characters are written as
themselves in UTF-8. Numbers are written as Python's `json` does it: ``1`` and ``1.0`` are two values, a float has its
shortest form that reads back as itself. Text is taken as it is: no Unicode normalisation, so that what is read back
is what was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import NoneType
from typing import Any, Final

from brandbrain_core.model.json import JsonValue

_PLAIN: Final = frozenset({str, int, float, bool, NoneType})


def canonical(value: JsonValue) -> str:
    """
    Return the canonical JSON text of *value*: a tuple is written as a list, any mapping as an object.

    Raises:
        ValueError: It has no JSON form: NaN or infinity, a lone surrogate, a key that is no string, a type that JSON
            does not know, or nesting without end.

    >>> canonical({"ü": (1, 1.0), "a": None})
    '{"a":null,"ü":[1,1.0]}'
    """
    try:
        _check_keys(value)
        text = _ENCODER.encode(value)
        text.encode("utf-8")
    except RecursionError:
        raise ValueError("nested too deep for JSON") from None
    except UnicodeEncodeError:
        raise ValueError("a lone surrogate is no text") from None
    return text


def _check_keys(value: JsonValue) -> None:
    """Raise `ValueError` for a key that is no string. Plain values, which are most, are passed by without a call."""
    if isinstance(value, (list, tuple)):
        members: Iterable[JsonValue] = value
    elif isinstance(value, (dict, Mapping)):
        for key in value:
            if not isinstance(key, str):
                raise ValueError(f"a member's name must be a string, not {type(key).__name__}")
        members = value.values()
    else:
        return
    for member in members:
        if type(member) not in _PLAIN:
            _check_keys(member)


def _as_object(value: object) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise ValueError(f"JSON has no {type(value).__name__}")


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=_as_object
)
