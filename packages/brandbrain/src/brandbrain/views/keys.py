"""API keys, as people and as scripts read them; without what could open anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table

from brandbrain.words import moment
from brandbrain_core import wire
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.key import ApiKey


def key_table(keys: Sequence[ApiKey], *, now: datetime) -> Table:
    """Return keys, one a line."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("key", "name", "tenant", "may", "made", "state"):
        table.add_column(name, no_wrap=name in ("key", "may"), overflow="fold")
    for key in keys:
        state = state_of(key, now=now)
        style = None if state == "good" else "dim"
        may = ", ".join(key.scopes)
        table.add_row(key.prefix, key.name, key.tenant, may, moment(key.created_at), _in_words(key, state), style=style)
    return table


def key_body(key: ApiKey, *, now: datetime) -> JsonObject:
    """Return a key as JSON-ready data, with its state and without its digest."""
    body: JsonObject = wire.unstructure(key)
    return {name: value for name, value in body.items() if name != "digest"} | {"state": state_of(key, now=now)}


def state_of(key: ApiKey, *, now: datetime) -> str:
    """Return ``good``, ``revoked`` or ``expired``."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and now >= key.expires_at else "good"


def _in_words(key: ApiKey, state: str) -> str:
    if key.revoked_at is not None:
        return f"revoked {moment(key.revoked_at)}"
    if key.expires_at is not None:
        return f"{'expired' if state == 'expired' else 'until'} {moment(key.expires_at)}"
    return state
