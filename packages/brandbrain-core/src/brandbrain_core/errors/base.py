"""The root of the error tree, and one cause among several."""

from __future__ import annotations

from typing import ClassVar

import attrs


@attrs.frozen(kw_only=True)
class Problem:
    """
    One cause among several.

    Attributes:
        code: Stable and machine-readable, e.g. ``MISSING_TIER0_FIELDS``.
        message: A sentence for people.
        pointer: JSON pointer (RFC 6901) to the culprit in the input, if there is one.
    """

    code: str
    message: str
    pointer: str | None = None


class BrandBrainError(Exception):
    """Base of everything this library raises on purpose."""

    code: ClassVar[str] = "error"
