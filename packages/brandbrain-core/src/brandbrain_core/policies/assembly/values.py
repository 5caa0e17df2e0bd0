"""Checks the values that a synthesizer inferred: type, length, words."""

from __future__ import annotations

from typing import Final

import attrs

from brandbrain_core.model.json import JsonValue
from brandbrain_core.policies.answers import known
from brandbrain_core.policies.assembly.problems import DraftProblem, DraftProblemCode
from brandbrain_core.policies.off_limits import OPTIONS, OffLimits
from brandbrain_core.policies.storable import storable
from brandbrain_core.policies.text import clip

TEXT_MAX: Final = 1000
"""Characters of an inferred text."""

ITEMS_MAX: Final = 12
"""Items of an inferred list."""


@attrs.frozen(kw_only=True)
class ValueChecker:
    """Checks values, noting in *problems* what is wrong with them."""

    off_limits: OffLimits
    problems: list[DraftProblem]

    def text(self, path: str, value: JsonValue) -> str | None:
        """Return the text as it may stand at *path*, or None."""
        if not isinstance(value, str) or not storable(value).strip():
            self.note(path, DraftProblemCode.WRONG_TYPE, "is not a text that says something")
            return None
        options = OPTIONS.get(path)
        if options is not None:
            option = known(value, options)
            if option is None:
                self.note(path, DraftProblemCode.UNKNOWN_VALUE, f"is none of {', '.join(options)}")
            return option
        return self._allowed(path, self._cut(path, storable(value).strip()))

    def texts(self, path: str, value: JsonValue) -> tuple[str, ...] | None:
        """Return the texts that may stand at *path*, each once, or None if none is left."""
        if not isinstance(value, (list, tuple)):
            self.note(path, DraftProblemCode.WRONG_TYPE, "is not a list")
            return None
        checked = [self.text(path, item) for item in value[:ITEMS_MAX]]
        if len(value) > ITEMS_MAX:
            self.note(path, DraftProblemCode.TOO_MANY, f"has more than {ITEMS_MAX} items")
        return tuple(dict.fromkeys(text for text in checked if text is not None)) or None

    def neutral_text(self, path: str, text: str) -> str:
        """Return a text of ours that stands in at *path*; empty if the brand would not have it."""
        return text if self.off_limits.found_in(path, text) is None else ""

    def neutral_texts(self, path: str, texts: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of our texts that the brand would have at *path*."""
        return tuple(text for text in texts if self.off_limits.found_in(path, text) is None)

    def note(self, path: str, code: DraftProblemCode, what: str) -> None:
        """Note a problem; *what* goes on after the path."""
        self.problems.append(DraftProblem(path=path, code=code, message=f"{path} {what}"))

    def _cut(self, path: str, text: str) -> str:
        cut = clip(text, TEXT_MAX)
        if cut != text:
            self.note(path, DraftProblemCode.TOO_LONG, f"has more than {TEXT_MAX} characters")
        return cut

    def _allowed(self, path: str, text: str) -> str | None:
        found = self.off_limits.found_in(path, text)
        if found is None:
            return text
        self.note(path, DraftProblemCode.OFF_LIMITS, f"has the forbidden {found!r} in it")
        return None
