"""Pillars: those that the brand named, described by the draft where it can, then those that were inferred, else a
generic one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from brandbrain_core.model.draft import DraftPillar
from brandbrain_core.model.snapshot import Pillar, Text
from brandbrain_core.policies.assembly.fields import FieldMaker
from brandbrain_core.policies.assembly.problems import DraftProblemCode
from brandbrain_core.policies.text import slug

PILLARS_MAX: Final = 7
"""Pillars, named and inferred together."""

SEEDS: Final = "tier1.pillars_seed"
GENERIC_NAME: Final = "What we do"
GENERIC_DESCRIPTION: Final = "Posts about what the brand offers and whom it is for."


def make_pillars(fields: FieldMaker, seeds: Sequence[str], drafted: Sequence[DraftPillar]) -> tuple[Pillar, ...]:
    """Return the pillars in the order they matter, the brand's own first; their ids are unique slugs of their names."""
    proposed = _by_slug(fields, drafted)
    pillars: dict[str, Pillar] = {}
    for seed in seeds:
        key = _free(slug(seed), pillars)
        name = fields.answered(f"pillars.{key}.name", seed, SEEDS)
        pillars[key] = _pillar(fields, key, name, proposed.pop(slug(seed), None))
    for key, pillar in proposed.items():
        if len(pillars) >= PILLARS_MAX:
            fields.note(f"pillars.{key}", DraftProblemCode.TOO_MANY, f"is beyond the first {PILLARS_MAX} pillars")
            continue
        inferred = fields.text(f"pillars.{key}.name", pillar.name)
        if inferred is not None:
            pillars[key] = _pillar(fields, key, inferred, pillar)
    return tuple(pillars.values()) or _generic(fields)


def _by_slug(fields: FieldMaker, drafted: Sequence[DraftPillar]) -> dict[str, DraftPillar]:
    proposed: dict[str, DraftPillar] = {}
    for index, pillar in enumerate(drafted):
        name: object = pillar.name.value
        if not isinstance(name, str) or not name.strip():
            fields.note(f"pillars.{index}.name", DraftProblemCode.WRONG_TYPE, "is not a text that says something")
        elif slug(name) in proposed:
            fields.note(f"pillars.{slug(name)}", DraftProblemCode.REPEATED, "is proposed twice")
        else:
            proposed[slug(name)] = pillar
    return proposed


def _pillar(fields: FieldMaker, key: str, name: Text, drafted: DraftPillar | None) -> Pillar:
    about, on = f"pillars.{key}.description", f"pillars.{key}.themes"
    description = fields.text(about, drafted.description) if drafted else None
    themes = fields.texts(on, drafted.themes) if drafted else None
    return Pillar(
        id=key,
        name=name,
        description=description or fields.default_text(about, ""),
        themes=themes or fields.default_texts(on, ()),
    )


def _generic(fields: FieldMaker) -> tuple[Pillar, ...]:
    """Return the pillar that stands in, or none if the brand forbids its very name."""
    key = slug(GENERIC_NAME)
    name = fields.default_text(f"pillars.{key}.name", GENERIC_NAME)
    description = fields.default_text(f"pillars.{key}.description", GENERIC_DESCRIPTION)
    themes = fields.default_texts(f"pillars.{key}.themes", ())
    return (Pillar(id=key, name=name, description=description, themes=themes),) if name.value else ()


def _free(key: str, taken: dict[str, Pillar]) -> str:
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key}-{number}"
    return free
