"""
JSON Schema (2020-12) of what is on the wire, made from the classes themselves; foremost that of the snapshot.

A class becomes an object schema: its docstring describes it, the ``Attributes:`` section its members. A member that may
be None is optional, as it is absent on the wire. In the groups of a snapshot other names are fields of the user's own.
"""

from __future__ import annotations

import json
import re
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from importlib import resources
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs

from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.snapshot import (
    SCHEMA_VERSION,
    Constraints,
    Examples,
    Meta,
    Pillar,
    PlatformProfile,
    Positioning,
    Snapshot,
    Voice,
)

FILE: Final = f"schemas/snapshot.v{SCHEMA_VERSION}.json"
"""The schema of the snapshot as it is shipped, within this package."""

_OPEN: Final = frozenset({Snapshot, Positioning, Voice, Pillar, Constraints, PlatformProfile, Examples, Meta})
"""Classes beside whose members the user's own fields may stand."""

_EXACT: Final[Mapping[Any, JsonObject]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    UUID: {"type": "string", "format": "uuid"},
    Any: {},
}
_NODE_NAMES: Final[Mapping[Any, str]] = {
    str: "TextFieldNode",
    tuple[str, ...]: "TextsFieldNode",
    JsonObject: "ObjectFieldNode",
    Any: "AnyFieldNode",
}
_LIMITS: Final[Mapping[tuple[type, str], JsonObject]] = {
    (FieldNode, "confidence"): {"minimum": 0, "maximum": 1},
    (Snapshot, "schema_version"): {"const": SCHEMA_VERSION},
    (Snapshot, "version"): {"minimum": 1},
}
_NULL_STAYS: Final = frozenset({(FieldNode, "override_value")})
_OWN: Final = "OwnFields"


def snapshot_schema() -> JsonObject:
    """
    Return the JSON Schema of a snapshot on the wire, made anew from the classes.

    >>> snapshot_schema()["properties"]["version"]["minimum"]
    1
    """
    definitions = Definitions()
    root = definitions.of_class(Snapshot)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:brandbrain:snapshot:v{SCHEMA_VERSION}",
        **root,
        "$defs": definitions.found,
    }


def shipped_snapshot_schema() -> JsonObject:
    """Return the JSON Schema of a snapshot as it is shipped in `FILE`; always what `snapshot_schema` makes."""
    schema: JsonObject = json.loads(resources.files("brandbrain_core").joinpath(FILE).read_text("utf-8"))
    return schema


class Definitions:
    """
    The schemas of classes, each described once and then referred to.

    Attributes:
        found: The schemas by name, of every class that was referred to so far.
    """

    def __init__(self, prefix: str = "#/$defs/") -> None:
        self.found: dict[str, JsonObject] = {}
        self._prefix = prefix

    def of(self, hint: Any) -> JsonObject:
        """
        Return the schema of the values of a type; raise TypeError where the wire knows no such type.

        >>> Definitions().of(tuple[str, ...])
        {'type': 'array', 'items': {'type': 'string'}}
        """
        hint = getattr(hint, "__supertype__", hint)
        if hint in _EXACT:
            return dict(_EXACT[hint])
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return self._of_union(arguments)
        if origin is tuple and arguments[1:] == (...,):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin is not None and issubclass(origin, Mapping):
            inner = self.of(arguments[1])
            return {"type": "object", "additionalProperties": inner} if inner else {"type": "object"}
        if isinstance(hint, type) and issubclass(hint, Enum):
            return {"enum": [member.value for member in hint]}
        if attrs.has(origin or hint):
            return self._refer(_NODE_NAMES[arguments[0]] if arguments else hint.__name__, hint)
        raise TypeError(f"there is no JSON of {hint!r}")

    def of_class(self, hint: Any) -> JsonObject:
        """Return the object schema of an attrs class, where it is not referred to but stands itself."""
        cls: type[Any] = typing.get_origin(hint) or hint
        variables = dict(zip(getattr(cls, "__parameters__", ()), typing.get_args(hint), strict=True))
        hints = {name: _bind(member, variables) for name, member in typing.get_type_hints(cls).items()}
        described = _member_descriptions(cls.__doc__ or "")
        members: dict[str, JsonObject] = {}
        required: list[str] = []
        for attribute in attrs.fields(cls):
            if attribute.name == "own_fields":
                continue
            stays = attribute.default is not None or (cls, attribute.name) in _NULL_STAYS
            schema = self.of(hints[attribute.name] if stays else _without_none(hints[attribute.name]))
            text = described.get(attribute.name)
            limits = _LIMITS.get((cls, attribute.name), {})
            members[attribute.name] = {**schema, **limits, **({"description": text} if text else {})}
            required += [attribute.name] if stays else []
        rest = {"additionalProperties": self._own()} if cls in _OPEN else {}
        about = {"title": cls.__name__, "description": _summary(cls.__doc__ or "")}
        return {**about, "type": "object", "properties": members, "required": required, **rest}

    def _of_union(self, arguments: tuple[Any, ...]) -> JsonObject:
        if Any in arguments:
            return {}
        choices = [{"type": "null"} if choice is types.NoneType else self.of(choice) for choice in arguments]
        return {"anyOf": choices}

    def _refer(self, name: str, hint: Any) -> JsonObject:
        if name not in self.found:
            self.found[name] = {}
            self.found[name] = {**self.of_class(hint), "title": name}
        return {"$ref": self._prefix + name}

    def _own(self) -> JsonObject:
        """Refer to what the user's own fields may be: one field, or a group of them."""
        if _OWN not in self.found:
            self.found[_OWN] = {}
            self.found[_OWN] = {
                "title": _OWN,
                "description": "A field of the user's own, or a group of such fields by name.",
                "anyOf": [
                    self.of(FieldNode[Any]),
                    {"type": "object", "additionalProperties": {"$ref": self._prefix + _OWN}},
                ],
            }
        return {"$ref": self._prefix + _OWN}


def _bind(hint: Any, variables: Mapping[Any, Any]) -> Any:
    """Return *hint* with type variables replaced, where it is one or is optional."""
    if isinstance(hint, TypeVar):
        return variables[hint]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return typing.Union[tuple(_bind(choice, variables) for choice in typing.get_args(hint))]  # noqa: UP007
    return hint


def _without_none(hint: Any) -> Any:
    choices = tuple(choice for choice in typing.get_args(hint) if choice is not types.NoneType)
    return choices[0] if len(choices) == 1 else typing.Union[choices]  # noqa: UP007


def _summary(docstring: str) -> str:
    """Return the first paragraph of *docstring* as one line."""
    return _plain(docstring.strip().split("\n\n")[0])


def _member_descriptions(docstring: str) -> Mapping[str, str]:
    """
    Return what the section ``Attributes:`` of *docstring* says of each member.

    >>> _member_descriptions("Say.\\n\\n    Attributes:\\n        a, b: One\\n            more.\\n        c: Two.\\n")
    {'a': 'One more.', 'b': 'One more.', 'c': 'Two.'}
    """
    _, _, section = docstring.partition("Attributes:\n")
    entries = re.findall(r"^ {8}([a-z_]+(?:, [a-z_]+)*): (.*(?:\n {9,}.*)*)", section, re.MULTILINE)
    return {name: _plain(text) for names, text in entries for name in names.split(", ")}


def _plain(text: str) -> str:
    return " ".join(text.replace("``", "`").split())
