"""Statements that are built once. Building one and finding it again takes several times as long as its rows do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Table, bindparam

from brandbrain_store.dialects import Database, Postgres, Sqlite, Upsert

P = ParamSpec("P")
R = TypeVar("R")


def built_once(build: Callable[P, R]) -> Callable[P, R]:
    """Return *build* with a memory for its few different arguments; databases of one kind count as the same."""
    made: dict[Any, R] = {}

    @wraps(build)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> R:
        key = (*(_kind(each) for each in args), *((name, _kind(each)) for name, each in kwargs.items()))
        if key not in made:
            made[key] = build(*args, **kwargs)
        return made[key]

    return remembered


def _kind(argument: object) -> object:
    return argument.name if isinstance(argument, Postgres | Sqlite) else argument


@built_once
def replace(database: Database, table: Table) -> Upsert:
    """Return the insert of whole rows that replaces what stands under the same single key."""
    (key,) = table.primary_key.columns
    insert = database.insert(table)
    changed = {column.name: insert.excluded[column.name] for column in table.columns if column is not key}
    return insert.on_conflict_do_update(index_elements=[key.name], set_=changed)


def slots(table: Table, *names: str) -> dict[str, BindParameter[Any]]:
    """Return a place for a new value of each column; all columns if none is named. `filled` gives the values."""
    return {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names or table.c.keys()}


def labelled(places: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """Return places as the columns of a select."""
    return [place.label(name) for name, place in places.items()]


def filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a row under the names that `slots` gave."""
    return {f"new_{name}": value for name, value in row.items()}
