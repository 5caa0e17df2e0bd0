"""`brandbrain demo`: it promises, and checks, that corrections and pins hold."""

from __future__ import annotations

from pathlib import Path

import attrs
from tests.brandbrain.conftest import Command

from brandbrain.commands import demo
from brandbrain_core.model.fields import FieldNode

NODE: FieldNode[object] = FieldNode(value="x", confidence=0.5)


def seen(*, version: int, overridden: FieldNode[object], pinned: FieldNode[object]) -> demo.Seen:
    """Return what a snapshot says where the demonstration looks."""
    return demo.Seen(version=version, items=1, overridden=overridden, pinned=pinned)


def test_the_demonstration_holds_and_can_be_kept(command: Command) -> None:
    """It ends well, leaves its folder where that was asked for, and that folder works."""
    body = command.json("demo", "--keep", "kept")
    assert body == {"ok": True, "versions": 4, "override_held": True, "pin_held": True, "broken": []}
    kept = Command(folder=command.folder / "kept")
    assert 4 == kept.json("history")["total"]
    assert "is not empty" in command("demo", "--keep", "kept", code=4).stderr


def test_the_demonstration_knows_no_settings_of_the_user(command: Command) -> None:
    """Neither the user's database nor the user's synthesizers are touched."""
    told = Command(folder=command.folder, env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    page = told("demo").stdout
    assert "$ brandbrain override voice.emoji_policy" in page
    assert "“" in page
    assert [] == list(Path(command.folder).iterdir())


def test_broken_promises_are_told() -> None:
    """An override that does not show, a pin that drifted, a compile without a version: each is named."""
    held = attrs.evolve(NODE, value=demo.SAID, override_value=demo.SAID)
    pinned = attrs.evolve(NODE, locked=True)
    before = seen(version=3, overridden=held, pinned=pinned)
    assert [] == demo.broken(before, seen(version=4, overridden=held, pinned=pinned))
    assert [demo.OVERRIDDEN, demo.PINNED, "the second compile made a version"] == demo.broken(
        before, seen(version=3, overridden=NODE, pinned=attrs.evolve(pinned, value="y"))
    )
