"""What is said of one endpoint: what it takes, what it answers, and how it can fail."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

import attrs

from brandbrain_core.model.json import JsonObject


class Tag(Enum):
    """The chapters of the description."""

    BRANDS = "Brands"
    ONBOARDING = "Onboarding"
    SOURCES = "Sources"
    COMPILE = "Compile"
    SNAPSHOTS = "Snapshots"
    OVERRIDES = "Overrides"
    EVIDENCE = "Evidence"
    SERVICE = "Service"


@attrs.frozen(kw_only=True)
class Parameter:
    """A parameter of the query, always optional; *schema* is its JSON Schema."""

    name: str
    description: str
    schema: JsonObject


@attrs.frozen(kw_only=True)
class Answer:
    """
    An answer that is no error.

    Attributes:
        shape: The class of its body, or a tuple type for a list; None: it has none.
        headers: Names of headers that it may carry beside those of every answer.
        media_type: Of the body, where it is no JSON.
    """

    description: str
    shape: Any = None
    headers: tuple[str, ...] = ()
    media_type: str = "application/json"


@attrs.frozen(kw_only=True)
class Operation:
    """
    What is said of one endpoint.

    Attributes:
        summary: One line.
        description: More, if need be.
        body: The class of the request's body; None: it takes none.
        body_may_be_empty: Whether no body stands for an empty object.
        answers: By status.
        errors: By status: the texts, as they are sent.
        if_match: Whether it heeds ``If-Match``.
        open: Whether it asks for no key.
        uncached: Whether a read has no ETag.
    """

    tag: Tag
    summary: str
    description: str = ""
    body: Any = None
    body_may_be_empty: bool = False
    query: tuple[Parameter, ...] = ()
    answers: Mapping[int, Answer]
    errors: Mapping[int, tuple[str, ...]] = attrs.field(factory=dict)
    if_match: bool = False
    open: bool = False
    uncached: bool = False


INVALID_JSON: Final = ("Invalid JSON body", "Request body must be an object")
CURSOR: Final = Parameter(
    name="cursor", description="Where the page begins: taken from the page before.", schema={"type": "string"}
)
LIMIT: Final = Parameter(
    name="limit", description="Entries at most; 1 to 100.", schema={"type": "integer", "default": 100}
)
PAGE: Final = Parameter(
    name="page", description="From 1; a page past the end is empty.", schema={"type": "integer", "default": 1}
)
PAGE_SIZE: Final = Parameter(
    name="page_size", description="Entries of a page; 1 to 50.", schema={"type": "integer", "default": 10}
)
