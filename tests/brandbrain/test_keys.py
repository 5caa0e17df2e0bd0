"""`brandbrain keys`: made once, shown once, listed without what opens anything, taken back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from tests.brandbrain.conftest import Command, with_deps

from brandbrain_core.policies.keys import prefix_of


def test_the_secret_is_told_once(command: Command) -> None:
    """Alone on stdout, so that a script can take it; neither the list nor the database has it."""
    made = command("keys", "create", "app")
    key = made.stdout.strip()

    assert prefix_of(key) is not None
    assert "app write the brands of default" in made.stderr
    assert key not in command("keys", "list").stdout
    assert key not in command("keys", "list", "--json").stdout
    with closing(sqlite3.connect(command.folder / "brandbrain.db")) as connection:
        assert key not in "\n".join(connection.iterdump())


def test_a_key_is_made_as_it_is_wanted(command: Command) -> None:
    """Tenant, scope and lifetime are what was said, as data too."""
    made = command.json("keys", "create", "reports", "--tenant", "acme", "--scope", "read", "--expires-in", "2")
    assert ("acme", "reports", ["read"], "good") == tuple(made[name] for name in ("tenant", "name", "scopes", "state"))
    assert made["created_at"] < made["expires_at"]
    assert made["key"].startswith(made["prefix"])
    (listed,) = command.json("keys", "list")["keys"]
    assert {name: value for name, value in made.items() if name != "key"} == listed
    assert "digest" not in listed


@pytest.mark.parametrize("by", ["id", "prefix"])
def test_a_key_is_taken_back(command: Command, by: str) -> None:
    """By its id or its beginning; it stays in the list, and so do the others."""
    made, kept = command.json("keys", "create", "app"), command.json("keys", "create", "other")

    assert {"revoked": made["id"]} == command.json("keys", "revoke", made[by])

    states = {key["id"]: key["state"] for key in command.json("keys", "list")["keys"]}
    assert {made["id"]: "revoked", kept["id"]: "good"} == states
    assert "revoked" in command("keys", "list").stdout


def test_an_unknown_key_is_told_from_a_wrong_call(command: Command) -> None:
    """No such key is 3, an impossible one 2; a list where none was made says that the API is open."""
    command("migrate")
    assert "the API asks for none" in command("keys", "list").stderr
    command("keys", "revoke", "bb_aaaaaaaaaaaa", code=3)
    command("keys", "revoke", "01a1ffd1-4689-7835-87a3-457989f268f2", code=3)
    command("keys", "create", " ", code=2)
    command("keys", "create", "app", "--scope", "everything", code=2)
    command("keys", "create", "app", "--expires-in", "0", code=2)


def test_what_was_made_without_keys_belongs_to_the_default_tenant(sample: Command) -> None:
    """The first key sees the brands that there are already."""
    sample("compile", "brand.toml")
    made = sample.json("keys", "create", "app")

    async def names(deps: object) -> list[str]:
        store = deps.store.scoped(made["tenant"])  # type: ignore[attr-defined]
        async with store.reading() as work:
            return [brand.name for brand in await work.brands.page(after=None, limit=9)]

    assert ["Marrowby Sail Loft"] == with_deps(sample, names)
