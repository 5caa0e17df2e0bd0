"""How the brand behaves on one platform, and how that differs from its others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from brandbrain_core.model.draft import Brief, Inference
from brandbrain_core.model.features import Counted, FeatureBlock, Share
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.off_limits import OffLimits, off_limits
from brandbrain_core.synthesis.grounds import (
    FEWEST,
    FEWEST_FOR_ABSENCE,
    PLATFORM_NAMES,
    Part,
    newest,
    part_of,
    tally,
)
from brandbrain_core.synthesis.wording import about, listed, plural

FORMAT_NAMES: Final[Mapping[Platform, Mapping[str, str]]] = {
    Platform.INSTAGRAM: {"image": "single_image", "text": "text_post", "video": "reel"},
    Platform.LINKEDIN: {"text": "text_only"},
    Platform.TIKTOK: {"short_video": "video", "carousel": "photo_carousel"},
    Platform.YOUTUBE: {"video": "long_form", "short_video": "shorts"},
}
"""The names under which the questions ask for formats, where those of the feature report are others."""

DIFFERENT: Final = 0.3
"""Difference of two shares from which on platforms are said to differ."""

LONGER: Final = 1.5
"""Ratio of two lengths from which on one is said to be longer."""

_WEEK: Final = 7.0
_WEEKS_A_MONTH: Final = 365.25 / 12 / _WEEK
_TAGS_SHOWN: Final = 3
_SELDOM: Final = 0.3
_FORMAT_FROM: Final = 0.1

Traits = tuple[tuple[Callable[[FeatureBlock], Share], str, str], ...]

_TRAITS: Final[Traits] = (
    (lambda block: block.emoji.usage, "more emoji", "fewer emoji"),
    (lambda block: block.questions, "more questions", "fewer questions"),
    (lambda block: block.calls_to_action.usage, "more calls to action", "fewer calls to action"),
    (lambda block: block.exclamations, "more exclamation marks", "fewer exclamation marks"),
    (lambda block: block.second_person, "the reader addressed more often", "the reader addressed less often"),
)


def profile_fields(brief: Brief) -> dict[str, Inference[JsonValue]]:
    """Return the inferences of ``platform_profiles``; what an item or two show of a platform is not enough."""
    parts = [part for platform in brief.platforms if (part := part_of(brief, platform)) is not None]
    known = [part for part in parts if part.block.items >= FEWEST]
    drafted: dict[str, Inference[JsonValue] | None] = {}
    for part in known:
        at = f"platform_profiles.{part.platform.value}"
        others = [other for other in known if other.platform is not part.platform]
        drafted[f"{at}.posting_cadence"] = posting_cadence(part)
        drafted[f"{at}.tone_adjustment"] = tone_adjustment(part, others)
        if part.platform is not Platform.WEB:
            drafted[f"{at}.hashtag_strategy"] = hashtag_strategy(part, off_limits(brief.answers))
            drafted[f"{at}.content_types"] = content_types(part)
    return {path: inference for path, inference in drafted.items() if inference is not None}


def hashtag_strategy(part: Part, forbidden: OffLimits) -> Inference[JsonValue] | None:
    """Return how many hashtags a post has, and which ones come back; forbidden ones are not named."""
    tags, items = part.block.hashtags, part.block.items
    if tags.usage.items == 0:
        if items < FEWEST_FOR_ABSENCE:
            return None
        return Inference(value=f"No hashtags: none in {items} posts.", evidence=newest([part]))
    if tags.usage.items == 1:
        return None
    path = f"platform_profiles.{part.platform.value}.hashtag_strategy"
    common = [f"#{tag.name}" for tag in tags.top if tag.items >= FEWEST and not forbidden.found_in(path, tag.name)]
    often = f"; most often {listed(common[:_TAGS_SHOWN])}" if common else ""
    each = tags.usage.mean * items / tags.usage.items
    number = f"about {about(each)} {plural(each, 'hashtag', 'hashtags')} a post, {tags.max} at the most"
    if tags.usage.share < _SELDOM:
        value = f"Hashtags only now and then: {tags.usage.items} of {items} posts have any, {number}{often}."
    else:
        value = f"{number.capitalize()}{often}."
    return Inference(value=value, evidence=tags.usage.evidence)


def posting_cadence(part: Part) -> Inference[JsonValue] | None:
    """Return how often something comes, by the week or the month; a span of less than a week tells nothing."""
    seen = part.block.cadence
    least = FEWEST_FOR_ABSENCE if part.platform is Platform.WEB else FEWEST
    if seen.dated_items < least or seen.span_days < _WEEK:
        return None
    one, many = ("page", "pages") if part.platform is Platform.WEB else ("post", "posts")
    span = f"{seen.dated_items} in {about(seen.span_days)} days"
    monthly = seen.items_per_week * _WEEKS_A_MONTH
    if seen.items_per_week >= 1:
        rate, period = about(seen.items_per_week), "week"
    elif monthly >= 1:
        rate, period = about(monthly), "month"
    else:
        rate, period = about(max(monthly * 12, 1)), "year"
    value = f"About {rate} {plural(float(rate), one, many)} a {period} ({span})."
    return Inference(value=value, evidence=seen.evidence)


def content_types(part: Part) -> Inference[JsonValue] | None:
    """Return the formats that the brand uses, commonest first; a format seen once is none of its formats."""
    used = [one for one in part.block.formats if one.items > 1 and one.share >= _FORMAT_FROM]
    if not used:
        return None
    names = FORMAT_NAMES.get(part.platform, {})
    by_name: dict[str, list[Counted]] = {}
    for one in used:
        by_name.setdefault(names.get(one.name, one.name), []).append(one)
    evidence = dict.fromkeys(item for one in used for item in one.evidence)
    return Inference(value=tuple(by_name), evidence=tuple(evidence))


def tone_adjustment(part: Part, others: Sequence[Part]) -> Inference[JsonValue] | None:
    """Return how the platform's texts differ from the brand's others, or None where they do not."""
    if not others:
        return None
    differences = [*_length(part, others), *_traits(part, others), *_tones(part, others)]
    if not differences:
        return None
    value = f"Compared with {_named(others)}: {', '.join(differences)}."
    return Inference(value=value, evidence=newest([part]))


def _named(parts: Sequence[Part]) -> str:
    return listed([PLATFORM_NAMES[part.platform] for part in parts])


def _length(part: Part, others: Sequence[Part]) -> list[str]:
    items = sum(other.block.text.items for other in others)
    own = part.block.text.words.mean
    theirs = sum(other.block.text.words.mean * other.block.text.items for other in others) / items if items else 0.0
    if not own or not theirs or max(own / theirs, theirs / own) < LONGER:
        return []
    return [f"{'longer' if own > theirs else 'shorter'} texts ({about(own)} words against {about(theirs)})"]


def _traits(part: Part, others: Sequence[Part]) -> list[str]:
    found: list[str] = []
    for pick, more, fewer in _TRAITS:
        difference = pick(part.block).share - tally(others, pick).share
        if abs(difference) >= DIFFERENT:
            found.append(more if difference > 0 else fewer)
    return found


def _tones(part: Part, others: Sequence[Part]) -> list[str]:
    """Name the tones that this platform has clearly more often than the others."""
    of = sum(other.block.items for other in others)
    elsewhere: dict[str, int] = {}
    for other in others:
        for tone in other.block.tones:
            elsewhere[tone.name] = elsewhere.get(tone.name, 0) + tone.items
    stronger = [
        tone.name
        for tone in part.block.tones
        if tone.items >= FEWEST and tone.share - elsewhere.get(tone.name, 0) / of >= DIFFERENT
    ]
    return [f"more {listed(sorted(stronger)[:2])}"] if stronger else []
