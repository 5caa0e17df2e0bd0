"""Errors that only a conversation over HTTP can have; those of the domain are in `brandbrain_core.errors`."""

from __future__ import annotations

from collections.abc import Sequence

from brandbrain_core.errors import Problem


class HttpError(Exception):
    """
    An answer that is an error.

    Attributes:
        status: Of the answer, 400 to 599.
        text: What is wrong; existing texts never change.
        code: Stable, snake case.
        problems: The single causes, where there are several.
        headers: To be sent along.
    """

    def __init__(
        self,
        status: int,
        text: str,
        code: str,
        problems: Sequence[Problem] = (),
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(status, text, code, tuple(problems), tuple(headers))
        self.status = status
        self.text = text
        self.code = code
        self.problems = tuple(problems)
        self.headers = tuple(headers)

    def __str__(self) -> str:
        return self.text


def bad_request(text: str, code: str = "invalid_input") -> HttpError:
    """Return a 400."""
    return HttpError(400, text, code)


def unprocessable(text: str, code: str = "invalid_input") -> HttpError:
    """Return a 422."""
    return HttpError(422, text, code)


def internal_error() -> HttpError:
    """Return a 500, which says no more than that."""
    return HttpError(500, "Internal server error", "internal_error")
