"""`brandbrain keys`: who may call the API."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar
from uuid import UUID

import click

from brandbrain.invocation import Invocation, invoked
from brandbrain.views.keys import key_body, key_table
from brandbrain.wiring import opened
from brandbrain.words import counted
from brandbrain_core import wire
from brandbrain_core.errors import KeyNotFound
from brandbrain_core.ids import DEFAULT_TENANT, KeyId, TenantId
from brandbrain_core.model.key import Scope
from brandbrain_core.services import keys as services
from brandbrain_core.services.deps import Deps

T = TypeVar("T")

_SCOPE: Final = click.Choice([scope.value for scope in Scope])


@click.group()
def keys() -> None:
    """
    Say who may call the API: make keys, list them, take them back.

    Until the first key is made the API asks for none. From then on every call needs one, even once all were taken back.
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    type=_SCOPE,
    default=Scope.WRITE.value,
    show_default=True,
    help="What it may do; write includes read, admin both.",
)
@click.option("--tenant", default=DEFAULT_TENANT, show_default=True, help="Whose brands it reaches.")
@click.option("--expires-in", "days", type=click.FloatRange(0, min_open=True), metavar="DAYS", help="Else never.")
@invoked()
def create(call: Invocation, name: str, scope: str, tenant: str, days: float | None) -> None:
    """
    Make a key, which its owner calls NAME, and print it. It is not stored, so this is the only time.

    Without keys all brands are those of the tenant "default".
    """

    async def act(deps: Deps) -> services.NewKey:
        return await services.create_key(
            deps,
            name=name,
            scopes=(Scope(scope),),
            random_bytes=secrets.token_bytes,
            tenant=TenantId(tenant),
            expires_at=deps.clock.now() + timedelta(days=days) if days is not None else None,
        )

    made = _run(call, act, create=True)
    if call.as_json:
        click.echo(wire.dumps({**key_body(made.key, now=call.around.clock.now()), "key": made.text}))
        return
    click.echo(made.text)
    key = made.key
    call.note(f"{key.prefix}… lets {key.name} {'/'.join(key.scopes)} the brands of {key.tenant}. It is told only now.")


@keys.command("list")
@invoked()
def list_(call: Invocation) -> None:
    """List keys, newest first; of each, only its beginning is known."""
    found, now = _run(call, services.list_keys), call.around.clock.now()
    if call.as_json:
        click.echo(wire.dumps({"keys": [key_body(key, now=now) for key in found]}))
        return
    if found:
        call.show(key_table(found, now=now))
    call.note(counted(len(found), "key", "keys") if found else "no key was ever made; the API asks for none")


@keys.command()
@click.argument("key", metavar="KEY")
@invoked()
def revoke(call: Invocation, key: str) -> None:
    """Take a key back: KEY is its id, or how it begins (bb_ and 12 characters). Servers notice within seconds."""

    async def act(deps: Deps) -> KeyId:
        found = await _find(deps, key)
        await services.revoke_key(deps, found)
        return found

    revoked = _run(call, act)
    click.echo(wire.dumps({"revoked": str(revoked)}) if call.as_json else f"{key} was taken back")


async def _find(deps: Deps, text: str) -> KeyId:
    """Return the id of a key by its id or its beginning; raise `KeyNotFound`."""
    try:
        return KeyId(UUID(text))
    except ValueError:
        pass
    async with deps.store.reading() as work:
        found = await work.keys.by_prefix(text)
    if found is None:
        raise KeyNotFound(text)
    return found.id


def _run(call: Invocation, act: Callable[[Deps], Awaitable[T]], *, create: bool = False) -> T:
    async def main() -> T:
        around = call.around
        async with opened(call.settings, clock=around.clock, ids=around.ids, create=create) as deps:
            return await act(deps)

    return asyncio.run(main())
