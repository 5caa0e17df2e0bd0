"""What was wrong with a draft, and was therefore left out of the snapshot."""

from __future__ import annotations

from enum import StrEnum

import attrs


class DraftProblemCode(StrEnum):
    """Why something was left out."""

    IGNORED_PATH = "ignored_path"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_VALUE = "unknown_value"
    UNKNOWN_CITATION = "unknown_citation"
    NO_CITATION = "no_citation"
    OFF_LIMITS = "off_limits"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    REPEATED = "repeated"


@attrs.frozen(kw_only=True)
class DraftProblem:
    """
    One thing that was left out, or cut.

    Attributes:
        path: Of the snapshot's schema, as the draft gave it.
        message: A sentence for people; never holds the value itself, which may be anything.
    """

    path: str
    code: DraftProblemCode
    message: str
