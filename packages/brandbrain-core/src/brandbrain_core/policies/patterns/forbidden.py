"""A forbidden pattern: a keyword, or a regular expression that is found by its literal text, too."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import attrs

from brandbrain_core.policies.patterns.keywords import contains_keyword
from brandbrain_core.policies.patterns.program import Program, build
from brandbrain_core.policies.patterns.syntax import BadPattern, parse

PATTERN_MAX: Final = 200
"""Characters that a pattern may have."""

TEXT_MAX: Final = 10_000
"""Characters of a text that are looked at; inferred values are shorter by far."""

_LOOKS_LIKE_REGEX: Final = re.compile(r"[\\\[\](){}|*+]|\?(?=\S)|^\^|\$$")


@attrs.frozen(kw_only=True)
class ForbiddenPattern:
    """
    What must not occur in a text; case does not count.

    Attributes:
        text: As it was given.
        program: Of its regular expression; None: it is a keyword.
    """

    text: str
    program: Program | None = attrs.field(default=None, repr=False)

    def occurs_in(self, text: str) -> bool:
        """Tell whether *text*, in its first `TEXT_MAX` characters, has the pattern."""
        seen = text[:TEXT_MAX]
        if contains_keyword(seen, self.text):
            return True
        return self.program is not None and self.program.search(unicodedata.normalize("NFC", seen))


def read_pattern(text: str) -> ForbiddenPattern:
    """
    Return the pattern that *text* means: with signs of a regular expression it is one, else a keyword.

    Raises:
        BadPattern: It is blank, too long, or an expression that cannot be read, is too large, or occurs everywhere.

    >>> read_pattern("colou?r").occurs_in("Colors of the sea")
    True
    >>> read_pattern("giveaway").occurs_in("many giveaways")
    False
    """
    if not text.strip():
        raise BadPattern("it is blank")
    if len(text) > PATTERN_MAX:
        raise BadPattern(f"it has more than {PATTERN_MAX} characters")
    if not _LOOKS_LIKE_REGEX.search(text):
        return ForbiddenPattern(text=text)
    program = build(parse(unicodedata.normalize("NFC", text)))
    if program.search(""):
        raise BadPattern("it occurs in every text")
    return ForbiddenPattern(text=text, program=program)
