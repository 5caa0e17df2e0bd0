"""One table from errors to statuses, and the one shape that every error has on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response

from brandbrain_core import errors
from brandbrain_core.errors import Problem
from brandbrain_http.errors import HttpError, internal_error

STATUS_OF: Final[Sequence[tuple[type[errors.BrandBrainError], int]]] = (
    (errors.InvalidIdentifier, 422),
    (errors.UnsupportedCapability, 422),
    (errors.InvalidAnswers, 422),
    (errors.GatingFailed, 422),
    (errors.InvalidOverridePath, 422),
    (errors.InvalidOverrideValue, 422),
    (errors.InvalidInput, 400),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.SchemaMismatch, 503),
    (errors.Unavailable, 503),
    (errors.BrandBrainError, 500),
)
"""The first class that fits decides."""

PROBLEM_JSON: Final = "application/problem+json"


def as_http(error: errors.BrandBrainError) -> HttpError:
    """
    Return the answer that an error of the domain is.

    >>> as_http(errors.SnapshotNotFound()).status
    404
    """
    status = next(status for kind, status in STATUS_OF if isinstance(error, kind))
    problems: tuple[Problem, ...] = ()
    text = str(error)
    if isinstance(error, errors.InvalidInput) and error.problems:
        problems, text = error.problems, _headline(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return internal_error()
    headers = _retry_after(error.retry_after) if isinstance(error, errors.Unavailable) else ()
    return HttpError(status, text, error.code, problems, headers)


def error_response(error: HttpError, *, request_id: str, headers: Headers, path: str) -> Response:
    """Return *error* as JSON, or as problem+json where the client asks for that."""
    members: dict[str, Any] = {"error": error.text, "code": error.code, "request_id": request_id}
    if error.problems:
        members["errors"] = [_problem(problem) for problem in error.problems]
    wants_problem = PROBLEM_JSON in headers.get("accept", "")
    if wants_problem:
        members |= {
            "type": "about:blank",
            "title": HTTPStatus(error.status).phrase,
            "status": error.status,
            "detail": error.text,
            "instance": path,
        }
    return Response(
        orjson.dumps(members),
        error.status,
        headers=dict(error.headers),
        media_type=PROBLEM_JSON if wants_problem else "application/json",
    )


def _headline(error: errors.InvalidInput) -> str:
    return str(getattr(error, "headline", error))


def _problem(problem: Problem) -> Mapping[str, str]:
    members = {"code": problem.code, "message": problem.message}
    return members if problem.pointer is None else {**members, "pointer": problem.pointer}


def _retry_after(seconds: float | None) -> tuple[tuple[str, str], ...]:
    return (("Retry-After", str(max(1, round(seconds if seconds is not None else 1)))),)
