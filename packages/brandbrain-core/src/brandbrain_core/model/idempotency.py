"""What is kept of a request that may be repeated: who claimed its key, and the answer it got."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import attrs


@attrs.frozen(kw_only=True)
class Claim:
    """
    One attempt at a request under a key of the client's choice.

    Attributes:
        owner: Within which keys are told apart: the caller's tenant.
        key: The client's, 1 to 255 characters.
        fingerprint: Of the request: equal for a repetition, other for another request.
        token: Of this attempt; a later one that takes over has another.
        claimed_at: Aware, UTC.
    """

    owner: str
    key: str
    fingerprint: str
    token: UUID
    claimed_at: datetime


@attrs.frozen(kw_only=True)
class Answered:
    """The answer to replay: *headers* by lower-case name, *body* as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: str


@attrs.frozen(kw_only=True)
class IdempotencyRecord:
    """A claim and what came of it; *answer* None: it is still under way."""

    claim: Claim
    answer: Answered | None = None
