"""What no inferred value may contain: the brand's taboos, and the forbidden patterns of its platforms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from brandbrain_core.model.answers import Answers
from brandbrain_core.policies.patterns import ForbiddenPattern, contains_keyword, read_pattern
from brandbrain_core.questions import CTA_POSTURES

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"voice.cta_policy": CTA_POSTURES})
"""The options of the paths that hold one of an enumeration."""


@attrs.frozen(kw_only=True)
class OffLimits:
    """
    Taboos and forbidden patterns, ready to be looked for.

    Attributes:
        patterns: By platform.
    """

    taboos: tuple[str, ...]
    patterns: Mapping[str, tuple[ForbiddenPattern, ...]]

    def found_in(self, path: str, text: str) -> str | None:
        """
        Return the first taboo or pattern that occurs in *text*, a value at *path* of the snapshot; None: there is none.

        What is said of one platform must keep that platform's patterns; what is said of the brand is used on all of
        them, and must keep all. The name of an option is no word of the brand's, and may be anything.
        """
        if path in OPTIONS:
            return None
        for taboo in self.taboos:
            if contains_keyword(text, taboo):
                return taboo
        return next((pattern.text for pattern in self._patterns(path) if pattern.occurs_in(text)), None)

    def _patterns(self, path: str) -> Iterator[ForbiddenPattern]:
        section, _, rest = path.partition(".")
        platforms = [rest.partition(".")[0]] if section == "platform_profiles" else sorted(self.patterns)
        for platform in platforms:
            yield from self.patterns.get(platform, ())


def off_limits(answers: Answers) -> OffLimits:
    """Return what the answers forbid."""
    return OffLimits(
        taboos=answers.taboos,
        patterns={
            platform: tuple(read_pattern(text) for text in rules.forbidden_patterns)
            for platform, rules in answers.platform_rules.items()
        },
    )
