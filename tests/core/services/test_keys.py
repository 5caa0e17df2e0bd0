"""Making, listing and revoking API keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from brandbrain_core.errors import InvalidInput, KeyNotFound
from brandbrain_core.ids import DEFAULT_TENANT, KeyId, TenantId
from brandbrain_core.memory.given import memory_deps
from brandbrain_core.model.key import Scope
from brandbrain_core.policies.keys import accepts
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.keys import create_key, list_keys, revoke_key
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import ManualClock, SequentialIds


@pytest.fixture
def deps() -> Deps:
    """Everything in memory, at noon."""
    return memory_deps(clock=ManualClock(), ids=SequentialIds())


def _bytes(number: int) -> bytes:
    return bytes(range(number))


async def test_a_key_is_made(deps: Deps) -> None:
    """Its text is told once and not stored; scopes stand in their order, each once."""
    made = await create_key(
        deps, name=" ours ", scopes=(Scope.WRITE, Scope.READ, Scope.WRITE), random_bytes=_bytes, tenant=TenantId("a")
    )
    assert (made.key,) == await list_keys(deps)
    assert ("ours", "a", (Scope.READ, Scope.WRITE)) == (made.key.name, made.key.tenant, made.key.scopes)
    assert accepts(made.key, made.text, now=build.NOON)
    assert made.text not in repr(made)


async def test_a_key_without_a_tenant(deps: Deps) -> None:
    """Reaches the brands that were made without one."""
    made = await create_key(deps, name="k", scopes=(Scope.READ,), random_bytes=_bytes)
    assert DEFAULT_TENANT == made.key.tenant


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"name": "x" * 256},
        {"tenant": TenantId("")},
        {"tenant": TenantId("x" * 101)},
        {"scopes": ()},
        {"expires_at": build.NOON},
        {"expires_at": build.NOON - timedelta(seconds=1)},
    ],
)
async def test_a_key_that_makes_no_sense_is_refused(deps: Deps, wrong: dict[str, Any]) -> None:
    """And nothing is stored."""
    good: dict[str, Any] = {"name": "k", "scopes": (Scope.READ,), "random_bytes": _bytes}
    with pytest.raises(InvalidInput):
        await create_key(deps, **good | wrong)
    assert () == await list_keys(deps)


async def test_a_key_is_revoked(deps: Deps) -> None:
    """It stays in the list, with its moment; an unknown one is not found."""
    made = await create_key(deps, name="k", scopes=(Scope.READ,), random_bytes=_bytes)
    await revoke_key(deps, made.key.id)
    (stored,) = await list_keys(deps)
    assert build.NOON == stored.revoked_at
    with pytest.raises(KeyNotFound, match=str(build.SOURCE)):
        await revoke_key(deps, KeyId(build.SOURCE))
