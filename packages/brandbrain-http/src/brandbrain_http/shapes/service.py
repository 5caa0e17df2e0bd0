"""What the service says of itself, and the shape of every error."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class LiveShape:
    """The process is there."""

    status: str


@attrs.frozen(kw_only=True)
class HealthShape:
    """The process is there, and which it is."""

    status: str
    service: str


@attrs.frozen(kw_only=True)
class ContractShape:
    """Which contract is spoken, and from which version on a client understands it."""

    status: str
    contract_version: str
    min_frontend_version: str


@attrs.frozen(kw_only=True)
class ProblemShape:
    """
    One cause among several.

    Attributes:
        pointer: JSON pointer to the culprit in the request's body.
    """

    code: str
    message: str
    pointer: str | None = None


@attrs.frozen(kw_only=True)
class ErrorShape:
    """
    What every error says.

    Attributes:
        error: What is wrong; existing texts never change.
        code: Stable, snake case.
        request_id: Also in the header `X-Request-Id`, and in the server's log.
        errors: The single causes, where there are several.
    """

    error: str
    code: str
    request_id: str
    errors: tuple[ProblemShape, ...] | None = None
