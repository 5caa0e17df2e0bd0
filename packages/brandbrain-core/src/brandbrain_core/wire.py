"""
The one converter between values and JSON, and JSON as text.

On the wire, members that are ``None`` are absent unless the contract says null; times are ISO 8601 with microseconds
and ``+00:00``; the user's own fields stand at their path inside the snapshot. Types are strict: ``"5"`` is no number
and ``true`` is no integer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, NewType, TypeVar, get_origin
from uuid import UUID

import attrs
import cattrs
from cattrs.cols import homogenous_tuple_structure_factory
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from brandbrain_core.model.brand import Brand
from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.model.reports import ABSENT, Absent, Change
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.own_fields import splice, split
from brandbrain_core.policies.canonical import canonical

T = TypeVar("T")

_NULL_STAYS: Final[Mapping[type, frozenset[str]]] = {
    FieldNode: frozenset({"override_value"}),
    Brand: frozenset({"website_url"}),
}
"""Members that are null on the wire where they are None, by class; all others are then absent."""


def to_text(moment: datetime) -> str:
    """
    Return a moment as the wire has it.

    >>> to_text(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000000+00:00'
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def unstructure(value: object) -> Any:
    """Return *value* as JSON-ready data."""
    return converter().unstructure(value)


def structure(data: object, to: type[T]) -> T:
    """
    Return JSON-ready *data* as a value of class *to*.

    Raises:
        cattrs.BaseValidationError: with every bad or unknown member; `cattrs.transform_error` lists them.
    """
    return converter().structure(data, to)


def dumps(value: object) -> str:
    """
    Return *value* as canonical JSON text: sorted keys, no spaces, not ASCII-escaped. Equal values give equal text.
    """
    return canonical(unstructure(value))


def loads(text: str | bytes, to: type[T]) -> T:
    """Return the value that `dumps` wrote as *text*; errors as `structure`, or `json.JSONDecodeError`."""
    return structure(json.loads(text), to)


@cache
def converter() -> cattrs.Converter:
    """Return the converter: refuses unknown keys, coerces nothing, reports every bad field."""
    made = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    for exact in (str, int, bool):
        made.register_structure_hook(exact, _strict(exact))
    made.register_structure_hook(float, _number)
    made.register_structure_hook(int | float, _number_as_is)
    made.register_structure_hook(str | JsonObject, _text_or_object)
    made.register_structure_hook(UUID, _uuid)
    made.register_unstructure_hook(UUID, str)
    made.register_structure_hook(datetime, _moment)
    made.register_unstructure_hook(datetime, to_text)
    made.register_unstructure_hook_func(_is_tuple, lambda value: [made.unstructure(item) for item in value])
    made.register_structure_hook_factory(_is_tuple, lambda cls: _listed(made, cls))
    made.register_structure_hook_func(_is_uuid_newtype, lambda value, _: _uuid(value, UUID))
    made.register_unstructure_hook_factory(attrs.has, lambda cls: _unstructure_attrs(made, cls))
    made.register_structure_hook(Change, _change)
    made.register_unstructure_hook(Change, _change_members)
    _register_snapshot(made)
    return made


def _unstructure_attrs(made: cattrs.Converter, cls: type) -> Callable[[Any], dict[str, Any]]:
    base: type = get_origin(cls) or cls
    stays = _NULL_STAYS.get(base, frozenset())
    optional = (a.name for a in attrs.fields(base) if a.default is None and a.name not in stays)
    return make_dict_unstructure_fn(cls, made, **{name: override(omit_if_default=True) for name in optional})  # type: ignore[arg-type]


def _register_snapshot(made: cattrs.Converter) -> None:
    plain_out = _unstructure_attrs(made, Snapshot)
    plain_in = make_dict_structure_fn(Snapshot, made, _cattrs_forbid_extra_keys=True)

    def out(snapshot: Snapshot) -> dict[str, Any]:
        data = plain_out(snapshot)
        return splice(data, data.pop("own_fields"))

    def into(data: JsonObject, _: type[Snapshot]) -> Snapshot:
        known, own = split(data)
        return plain_in({**known, "own_fields": own}, Snapshot)

    made.register_unstructure_hook(Snapshot, out)
    made.register_structure_hook(Snapshot, into)


def _strict(exact: type) -> Callable[[object, type[T]], T]:
    """Return the hook of *exact* and of the enumerations made of it."""

    def hook(value: object, cls: Callable[[object], T]) -> T:
        if not isinstance(value, exact) or (isinstance(value, bool) and exact is not bool):
            raise TypeError(f"must be {exact.__name__}, not {type(value).__name__}")
        return cls(value)

    return hook


def _listed(made: cattrs.Converter, cls: Any) -> Callable[[object, Any], Any]:
    """Return the hook of a tuple: text and objects can be iterated over, but are no lists."""
    plain = homogenous_tuple_structure_factory(cls, made)

    def hook(value: object, to: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise TypeError(f"must be a list, not {type(value).__name__}")
        return plain(value, to)

    return hook


def _number(value: object, _: type) -> float:
    return float(_number_as_is(value, float))


def _number_as_is(value: object, _: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"must be a number, not {type(value).__name__}")
    return value


def _text_or_object(value: object, _: Any) -> str | JsonObject:
    if not isinstance(value, str | Mapping):
        raise TypeError(f"must be text or an object, not {type(value).__name__}")
    return value


def _uuid(value: object, _: type) -> UUID:
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str):
        raise TypeError(f"must be a UUID as text, not {type(value).__name__}")
    return UUID(value)


def _moment(value: object, _: type) -> datetime:
    if not isinstance(value, str):
        raise TypeError(f"must be a time as text, not {type(value).__name__}")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("must have a time zone")
    return moment.astimezone(UTC)


def _is_tuple(cls: Any) -> bool:
    return cls is tuple or get_origin(cls) is tuple


def _is_uuid_newtype(cls: Any) -> bool:
    return isinstance(cls, NewType) and cls.__supertype__ is UUID


def _change(data: JsonObject, _: type[Change]) -> Change:
    return Change(path=data["path"], before=data.get("before", ABSENT), after=data.get("after", ABSENT))


def _change_members(change: Change) -> dict[str, JsonValue]:
    sides = {"before": change.before, "after": change.after}
    return {"path": change.path} | {k: unstructure(v) for k, v in sides.items() if not isinstance(v, Absent)}
