"""How the brand sounds: its tones, its emoji, and how often it asks its readers to do something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from brandbrain_core.model.draft import Brief, Inference
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.platform import Platform
from brandbrain_core.synthesis.grounds import (
    FEWEST,
    FEWEST_FOR_ABSENCE,
    PLATFORM_NAMES,
    RARE,
    Part,
    Tally,
    interleaved,
    newest,
    short_texts,
    tallies,
    tally,
    things,
)
from brandbrain_core.synthesis.tones import tones_by_form
from brandbrain_core.synthesis.wording import about, listed

TONES_MAX: Final = 4
"""Tone tags that are inferred, at the most."""

TONE_FROM_SHARE: Final = 0.15
"""Least share of items that must have words of a tone."""

TONE_FROM_DENSITY: Final = 0.15
"""Least number of words of a tone in a hundred, so that a long text is not of every tone."""

CTA_LEVELS: Final = ((0.65, "direct"), (0.35, "balanced"), (0.1, "soft"), (0.0, "none"))
"""Share of items with a call to action from which on each posture is inferred."""

PUSHY_FROM: Final = 0.3
"""Share of items that hurry their readers from which on the posture is ``aggressive``."""

CONTRADICTED_BY: Final = {"formal": "conversational"}
"""Tones that are not inferred beside another one."""

_HALF: Final = 0.5


def voice_fields(brief: Brief, parts: Sequence[Part]) -> dict[str, Inference[JsonValue]]:
    """Return the inferences of the section ``voice`` that are single values; what an answer feeds is left out."""
    drafted = {"voice.emoji_policy": emoji_policy(parts)}
    if not brief.answers.tone_words:
        drafted["voice.tone_tags"] = tone_tags(parts)
    if brief.answers.cta_posture is None:
        drafted["voice.cta_policy"] = cta_policy(parts)
    return {path: inference for path, inference in drafted.items() if inference is not None}


def tone_tags(parts: Sequence[Part]) -> Inference[JsonValue] | None:
    """
    Return the tones: those that the words show, strongest first, then those that the form of the sentences shows.

    Words show a tone that has enough of them in a hundred, in enough items.
    """
    total_words = sum(part.block.text.words.mean * part.block.text.items for part in parts)
    by_words = {
        tag: one
        for tag, one in tallies(parts, lambda block: block.tones).items()
        if one.items >= FEWEST and one.share >= TONE_FROM_SHARE and 100 * one.count >= TONE_FROM_DENSITY * total_words
    }
    by_form = tones_by_form(parts)
    telling = [tag for tag in by_words if tag not in by_form and CONTRADICTED_BY.get(tag) not in by_form]
    telling.sort(key=lambda tag: (-by_words[tag].count, tag))
    tags = [*telling[: TONES_MAX - len(by_form)], *by_form]
    if not tags:
        return None
    evidence = interleaved(by_form[tag] if tag in by_form else by_words[tag].evidence for tag in tags)
    return Inference(value=tuple(tags), evidence=evidence)


def emoji_policy(parts: Sequence[Part]) -> Inference[JsonValue] | None:
    """Return how the brand uses emoji: over all if its platforms are alike, else by platform."""
    if sum(part.block.items for part in parts) < FEWEST_FOR_ABSENCE:
        return None
    known = [part for part in parts if part.block.items >= FEWEST]
    levels = {part.platform: _emoji_level(part.block.emoji.usage.share) for part in known}
    used = tally(parts, lambda block: block.emoji.usage)
    evidence = used.evidence if used.items >= FEWEST else newest(parts)
    if len(set(levels.values())) > 1:
        value = f"By platform: {'; '.join(_by_level(levels))}.{_favourites(parts, used)}"
    elif used.items == 0:
        value = f"None: no emoji in {used.of} {things(parts)}."
    else:
        each = f", about {about(used.count / used.items)} each" if used.items >= FEWEST else ""
        level = _emoji_level(used.share).capitalize()
        value = f"{level}: in {used.items} of {used.of} {things(parts)}{each}.{_favourites(parts, used)}"
    return Inference(value=value, evidence=evidence)


def _emoji_level(share: float) -> str:
    if share == 0:
        return "none"
    if share < RARE:
        return "hardly any"
    return "regular" if share >= _HALF else "sparing"


def _by_level(levels: Mapping[Platform, str]) -> list[str]:
    order = ("regular", "sparing", "hardly any", "none")
    return [
        f"{level} on {listed([PLATFORM_NAMES[p] for p in levels if levels[p] == level])}"
        for level in order
        if level in levels.values()
    ]


def _favourites(parts: Sequence[Part], used: Tally) -> str:
    found = tallies(parts, lambda block: block.emoji.top)
    common = [emoji for emoji, one in found.items() if one.items >= FEWEST and one.items >= 0.2 * used.items]
    common.sort(key=lambda emoji: (-found[emoji].count, emoji))
    return f" Most often {listed(common[:3])}." if common else ""


def cta_policy(parts: Sequence[Part]) -> Inference[JsonValue] | None:
    """Return the posture that the share of items with a call to action amounts to; a long text has one by chance."""
    short = short_texts(parts)
    asking = tally(short, lambda block: block.calls_to_action.usage)
    if asking.of < FEWEST_FOR_ABSENCE:
        return None
    level = next(name for least, name in CTA_LEVELS if asking.share >= least)
    hurrying = tallies(short, lambda block: block.calls_to_action.groups).get("hurry")
    if level == "direct" and hurrying is not None and hurrying.share >= PUSHY_FROM:
        level = "aggressive"
    return Inference(value=level, evidence=asking.evidence if asking.items else newest(short))
