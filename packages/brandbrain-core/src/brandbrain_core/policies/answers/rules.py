"""Reads the rules of platforms, given as one object by platform or platform by platform under dotted ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from brandbrain_core.errors import Problem
from brandbrain_core.model.answers import HashtagPolicy, PlatformRules
from brandbrain_core.model.json import JsonObject
from brandbrain_core.policies.answers.cells import Cell, WrongAnswer, escape, integer, kind_of, listed, string, strings
from brandbrain_core.policies.answers.enums import read_enum
from brandbrain_core.policies.patterns import BadPattern, read_pattern
from brandbrain_core.questions import CTA_POSTURES, FORMATS, HASHTAG_USAGES, LINK_POLICIES, RULES_ID

_PLATFORM: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
_PATTERNS_MAX: Final = 10
_CADENCE: Final = (1, 14)
_MOST_HASHTAGS: Final = 1000


def read_rules(raw: JsonObject) -> tuple[dict[str, PlatformRules], list[Problem]]:
    """
    Return the rules by platform, sorted, and a problem for each wrong one.

    A dotted id beats the entry of the object, as a whole. Rules that say nothing are as if they were not there.
    """
    rules: dict[str, PlatformRules] = {}
    problems: list[Problem] = []
    whole = Cell(raw.get(RULES_ID), RULES_ID, f"/{RULES_ID}")
    if whole.value is not None and not isinstance(whole.value, Mapping):
        why = f"must be an object by platform, not {kind_of(whole.value)}"
        problems.append(whole.wrong("wrong_type", why).problem)
    for cells in (_entries(whole), _dotted(raw)):
        seen: set[str] = set()
        for key, cell in cells:
            try:
                platform = _platform(key, cell, seen)
                read = _read_one(platform, cell, problems)
            except WrongAnswer as wrong:
                problems.append(wrong.problem)
                continue
            if read is not None:
                rules[platform] = read
    return dict(sorted(rules.items())), problems


def _entries(whole: Cell) -> Iterator[tuple[str, Cell]]:
    if isinstance(whole.value, Mapping):
        for key in sorted(whole.value):
            yield key, whole.member(key)


def _dotted(raw: JsonObject) -> Iterator[tuple[str, Cell]]:
    for key in sorted(raw):
        platform = key.removeprefix(f"{RULES_ID}.")
        if platform != key and "." not in platform:
            yield platform, Cell(raw[key], key, f"/{escape(key)}")


def _platform(key: str, cell: Cell, seen: set[str]) -> str:
    platform = key.strip().lower()
    if not _PLATFORM.fullmatch(platform):
        raise cell.wrong("unknown_platform", "is not named after a platform")
    if platform in seen:
        raise cell.wrong("repeated", "is given twice")
    seen.add(platform)
    return platform


def _read_one(platform: str, cell: Cell, problems: list[Problem]) -> PlatformRules | None:
    if cell.value is None:
        return None
    if not isinstance(cell.value, Mapping):
        raise cell.wrong("wrong_type", f"must be an object, not {kind_of(cell.value)}")
    answered: dict[str, Any] = {}
    for name, reader in _readers(platform).items():
        if cell.value.get(name) is None:
            continue
        try:
            answered[name] = reader(cell.member(name))
        except WrongAnswer as wrong:
            problems.append(wrong.problem)
    if all(member is None for member in cell.value.values()):
        return None
    return PlatformRules(**answered, raw=cell.value)


def _readers(platform: str) -> Mapping[str, Callable[[Cell], Any]]:
    formats = FORMATS.get(platform, ())
    return {
        "cadence_per_week": lambda cell: integer(cell, *_CADENCE),
        "preferred_formats": lambda cell: tuple(read_enum(text, formats) for text in strings(cell)),
        "hashtag_policy": _hashtag_policy,
        "link_policy": lambda cell: read_enum(string(cell), LINK_POLICIES),
        "cta_policy_override": lambda cell: read_enum(string(cell), CTA_POSTURES),
        "forbidden_patterns": lambda cell: listed(cell, _pattern, _PATTERNS_MAX),
        "hashtag_rules": string,
        "formatting_rules": string,
        "posting_frequency": string,
    }


def _hashtag_policy(cell: Cell) -> HashtagPolicy:
    if not isinstance(cell.value, Mapping):
        raise cell.wrong("wrong_type", f"must be an object, not {kind_of(cell.value)}")
    usage, most = cell.value.get("usage"), cell.value.get("max_count")
    count = None if most is None else integer(cell.member("max_count"), 0, _MOST_HASHTAGS)
    if usage is not None:
        return HashtagPolicy(usage=read_enum(string(cell.member("usage")), HASHTAG_USAGES), max_count=count)
    if count is None:
        raise cell.wrong("wrong_type", "needs usage or max_count")
    return HashtagPolicy(usage=usage_of(count), max_count=count)


def usage_of(hashtags: int) -> str:
    """
    Return the usage that a number of hashtags in one post amounts to.

    >>> [usage_of(count) for count in (0, 1, 3, 4, 8, 9)]
    ['none', 'minimal', 'minimal', 'moderate', 'moderate', 'heavy']
    """
    for usage, most in (("none", 0), ("minimal", 3), ("moderate", 8)):
        if hashtags <= most:
            return usage
    return "heavy"


def _pattern(cell: Cell) -> str:
    text = string(cell)
    try:
        read_pattern(text)
    except BadPattern as bad:
        raise cell.wrong("invalid_pattern", f"cannot be used as a pattern: {bad}") from None
    return text
