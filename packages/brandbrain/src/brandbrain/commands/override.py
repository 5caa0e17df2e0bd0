"""`brandbrain override`."""

from __future__ import annotations

import asyncio

import click

from brandbrain.documents import parsed_json
from brandbrain.editing import Edited, edit, report
from brandbrain.invocation import Invocation, brand_option, invoked
from brandbrain.wiring import opened
from brandbrain_core.errors import InvalidOverrideValue
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.policies.paths import anchor, value_type
from brandbrain_core.policies.schema import ValueKind


@click.command()
@click.argument("path")
@click.argument("values", metavar="[VALUE]...", nargs=-1)
@brand_option
@click.option("--json-value", is_flag=True, help="Read VALUE as JSON.")
@click.option("--remove", is_flag=True, help="Take the override away again.")
@invoked()
def override(
    call: Invocation, path: str, values: tuple[str, ...], wanted: str | None, json_value: bool, remove: bool
) -> None:
    """
    Put VALUE in place of what was inferred at PATH; the newest snapshot shows it at once.

    A field that is a list takes one VALUE for each item. A path that no snapshot has, such as positioning.tagline,
    becomes a field of your own.

    \b
    brandbrain override voice.emoji_policy "one at most"
    brandbrain override voice.tone_tags warm dry precise
    brandbrain override positioning.tagline "Mend it."
    brandbrain override voice.tone_tags --remove
    """
    if remove == bool(values):
        raise click.UsageError("Give a VALUE, or --remove; not both.")
    if json_value and len(values) != 1:
        raise click.UsageError("--json-value takes exactly one VALUE.")
    asyncio.run(_override(call, path, values, wanted, json_value))


async def _override(call: Invocation, path: str, values: tuple[str, ...], wanted: str | None, json_value: bool) -> None:
    async with opened(call.settings, clock=call.around.clock, ids=call.around.ids) as deps:

        def change(before: Edited) -> dict[str, JsonValue]:
            return {path: _value(path, values, before.snapshot, json_value)}

        report(call, await edit(deps, wanted, values=change), (path,))


def _value(path: str, values: tuple[str, ...], snapshot: Snapshot | None, json_value: bool) -> JsonValue:
    if not values:
        return None
    if json_value:
        return _parsed(path, values[0])
    match value_type(anchor(path, snapshot)):
        case ValueKind.TEXTS:
            return list(values)
        case ValueKind.OBJECT:
            raise InvalidOverrideValue(path, "must be an object; give it as JSON with --json-value")
        case ValueKind.TEXT if len(values) > 1:
            raise InvalidOverrideValue(path, f"must be one text, not {len(values)}; quote it")
        case _:
            return values[0] if len(values) == 1 else list(values)


def _parsed(path: str, text: str) -> JsonValue:
    try:
        value: JsonValue = parsed_json(text)
    except ValueError as error:
        raise InvalidOverrideValue(path, f"is no JSON: {error}") from None
    if value is None:
        raise InvalidOverrideValue(path, "must not be null; --remove takes an override away")
    return value
