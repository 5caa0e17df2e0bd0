"""
What the brand does and does not do when it writes, as sentences that a person can follow.

A sentence stands on a count: enough items that show the habit, or enough items without an exception. It says the
count, so that a reader can judge it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import attrs

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.draft import Inference
from brandbrain_core.model.features import FeatureBlock, Share
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.off_limits import OffLimits
from brandbrain_core.synthesis.grounds import (
    FEWEST,
    FEWEST_FOR_ABSENCE,
    PLATFORM_NAMES,
    RARE,
    Part,
    newest,
    short_texts,
    tallies,
    tally,
    things,
)
from brandbrain_core.synthesis.tones import words_in_a_sentence
from brandbrain_core.synthesis.wording import about, listed, percent, quoted

HABITS_MAX: Final = 7
"""Sentences of each list, at the most, those with the largest share first."""

SHORT_SENTENCES: Final = 12.0
"""Words in a sentence, on average, up to which sentences are called short."""

HOOKS: Final[Mapping[str, str]] = {
    "announcement": "Open with the news",
    "contrary": "Open by questioning what everybody believes",
    "curiosity": "Open with something that makes readers curious",
    "emotion": "Open with a feeling",
    "how_to": "Open with what the reader will learn",
    "list": "Open with a list of points",
    "pain": "Open with the reader's problem",
    "story": "Open with a story",
}
"""How each kind of hook reads as advice; questions are counted by their mark."""


@attrs.frozen(kw_only=True)
class Habit:
    """
    Something done in enough items.

    Attributes:
        least: Share of items from which on it is a habit.
        advice: The sentence's beginning.
        in_long_texts: Whether it also says something of a text of many words.
    """

    pick: Callable[[FeatureBlock], Share]
    least: float
    advice: str
    in_long_texts: bool = False


DONE: Final = (
    Habit(pick=lambda block: block.opening_questions, least=0.2, advice="Open with a question"),
    Habit(pick=lambda block: block.questions, least=0.5, advice="Ask your readers something"),
    Habit(pick=lambda block: block.first_plural, least=0.6, advice="Speak as “we”", in_long_texts=True),
    Habit(pick=lambda block: block.second_person, least=0.5, advice="Address the reader as “you”", in_long_texts=True),
    Habit(
        pick=lambda block: block.contractions,
        least=0.5,
        advice="Use short forms such as “it's” and “don't”",
        in_long_texts=True,
    ),
    Habit(pick=lambda block: block.exclamations, least=0.5, advice="Let some sentences end in an exclamation mark"),
    Habit(pick=lambda block: block.links, least=0.5, advice="Link to more"),
    Habit(pick=lambda block: block.mentions, least=0.4, advice="Mention the accounts of those involved"),
)
"""Habits of doing something."""

_CALLS_FROM: Final = 0.35
_HOOK_FROM: Final = 0.15
_LANGUAGE_FROM: Final = 0.2
_PHRASES_SHOWN: Final = 3

Sentence = tuple[float, str, tuple[EvidenceId, ...]]
"""How common the habit is, what is said of it, and the items that show it."""


def habit_fields(parts: Sequence[Part], forbidden: OffLimits) -> dict[str, Inference[JsonValue]]:
    """
    Return the inferences of ``voice.do`` and ``voice.dont``, as far as there is ground for them.

    Args:
        forbidden: Phrases with anything of this in them are not quoted.
    """
    done = [*_done(parts), *_called(short_texts(parts), forbidden), *_hooked(parts), *_short(parts), *_languages(parts)]
    not_done = [*_without_emoji(parts), *_without_hashtags(parts), *_never(parts)]
    drafted = {"voice.do": _inference(done), "voice.dont": _inference(not_done)}
    return {path: inference for path, inference in drafted.items() if inference is not None}


def _inference(sentences: Sequence[Sentence]) -> Inference[JsonValue] | None:
    if not sentences:
        return None
    strongest = sorted(sentences, key=lambda sentence: (-sentence[0], sentence[1]))[:HABITS_MAX]
    evidence = dict.fromkeys(one for _, _, cited in strongest for one in cited)
    return Inference(value=tuple(text for _, text, _ in strongest), evidence=tuple(evidence))


def _done(parts: Sequence[Part]) -> list[Sentence]:
    found: list[Sentence] = []
    for habit in DONE:
        shown = tally(parts if habit.in_long_texts else short_texts(parts), habit.pick)
        if shown.items >= FEWEST and shown.share >= habit.least:
            text = f"{habit.advice}: {percent(shown.share)} of {things(parts)} do."
            found.append((shown.share, text, shown.evidence))
    opens = any(text.startswith(DONE[0].advice) for _, text, _ in found)
    return [sentence for sentence in found if not (opens and sentence[1].startswith(DONE[1].advice))]


def _called(parts: Sequence[Part], forbidden: OffLimits) -> list[Sentence]:
    """Say how often readers are asked to do something, and in which words."""
    asking = tally(parts, lambda block: block.calls_to_action.usage)
    if asking.items < FEWEST or asking.share < _CALLS_FROM:
        return []
    phrases = tallies(parts, lambda block: block.calls_to_action.top)
    common = sorted(
        (
            phrase
            for phrase, one in phrases.items()
            if one.items >= FEWEST and forbidden.found_in("voice.do", phrase) is None
        ),
        key=lambda phrase: (-phrases[phrase].items, phrase),
    )[:_PHRASES_SHOWN]
    often = f", most often with {quoted(common)}" if common else ""
    text = f"Tell readers what to do next: {percent(asking.share)} of {things(parts)} do{often}."
    return [(asking.share, text, asking.evidence)]


def _hooked(parts: Sequence[Part]) -> list[Sentence]:
    """Say in which way first sentences win attention, the commonest way only."""
    kinds = tallies(parts, lambda block: block.hooks.groups)
    telling = [kind for kind, one in kinds.items() if kind in HOOKS and one.items >= FEWEST and one.share >= _HOOK_FROM]
    if not telling:
        return []
    kind = min(telling, key=lambda kind: (-kinds[kind].share, kind))
    text = f"{HOOKS[kind]}: {percent(kinds[kind].share)} of {things(parts)} do."
    return [(kinds[kind].share, text, kinds[kind].evidence)]


def _short(parts: Sequence[Part]) -> list[Sentence]:
    average = words_in_a_sentence(parts)
    if sum(part.block.text.items for part in parts) < FEWEST_FOR_ABSENCE or not 0 < average <= SHORT_SENTENCES:
        return []
    return [(_LANGUAGE_FROM, f"Keep sentences short: {about(average)} words on average.", newest(parts))]


def _languages(parts: Sequence[Part]) -> list[Sentence]:
    """Say that the brand writes in several languages, if it does."""
    found = tallies(parts, lambda block: block.languages)
    spoken = [code for code, one in found.items() if one.items >= FEWEST and one.share >= _LANGUAGE_FROM]
    if len(spoken) < 2:
        return []
    spoken.sort(key=lambda code: (-found[code].items, code))
    shares = listed([f"{code} ({percent(found[code].share)})" for code in spoken])
    evidence = dict.fromkeys(one for code in spoken for one in found[code].evidence)
    return [(1.0, f"Write in more than one language: {shares}.", tuple(evidence))]


def _without_emoji(parts: Sequence[Part]) -> list[Sentence]:
    return _without(parts, "emoji", lambda block: block.emoji.usage)


def _without_hashtags(parts: Sequence[Part]) -> list[Sentence]:
    social = [part for part in parts if part.platform is not Platform.WEB]
    return _without(social, "hashtags", lambda block: block.hashtags.usage)


def _without(parts: Sequence[Part], what: str, pick: Callable[[FeatureBlock], Share]) -> list[Sentence]:
    """Name the platforms on which the brand does without something."""
    lacking = [part for part in parts if part.block.items >= FEWEST_FOR_ABSENCE and pick(part.block).items == 0]
    if not lacking:
        return []
    items = sum(part.block.items for part in lacking)
    where = listed([PLATFORM_NAMES[part.platform] for part in lacking])
    return [(1.0, f"No {what} on {where}: none in {items} {things(lacking)}.", newest(lacking))]


def _never(parts: Sequence[Part]) -> list[Sentence]:
    """Name what is rare over all: exclamation marks, urging, short forms."""
    found: list[Sentence] = []
    loud = tally(parts, lambda block: block.exclamations)
    hurrying = tallies(parts, lambda block: block.calls_to_action.groups).get("hurry")
    asking = tally(parts, lambda block: block.calls_to_action.usage)
    short_forms = tally(parts, lambda block: block.contractions)
    english = tallies(parts, lambda block: block.languages).get("en")
    if loud.of >= 2 * FEWEST_FOR_ABSENCE and loud.share < RARE:
        found.append((1 - loud.share, _rarely("exclamation marks", loud.items, loud.of, parts), newest(parts)))
    if asking.items >= FEWEST_FOR_ABSENCE and hurrying is None:
        text = f"No urging: {asking.items} {things(parts)} ask for something, none with “last chance” or the like."
        found.append((1.0, text, asking.evidence))
    if english is not None and english.items >= 2 * FEWEST_FOR_ABSENCE and short_forms.items < RARE * english.items:
        text = _rarely("short forms such as “it's”", short_forms.items, english.items, parts)
        found.append((1 - short_forms.share, text, english.evidence))
    return found


def _rarely(what: str, items: int, of: int, parts: Sequence[Part]) -> str:
    return f"No {what}: {'none' if items == 0 else items} in {of} {things(parts)}."
