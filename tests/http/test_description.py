"""The description of the API is complete, and true of every answer to generated requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from schemathesis import Case, checks, openapi

from brandbrain_http.metrics import Metrics
from brandbrain_http.openapi.document import document
from brandbrain_http.routes import ENDPOINTS, all_endpoints

DESCRIPTION: Final[Any] = document(ENDPOINTS)
SCHEMA: Final = openapi.from_dict(DESCRIPTION)
TRUE_OF_ANY_ANSWER: Final = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.allow_header_conformance,
]
QUIET: Final = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]
IDS: Final = ("brand_id", "source_id", "compile_run_id", "snapshot_id", "evidence_id")


@pytest.fixture(scope="module")
def known(walk: Any) -> dict[str, str]:
    """The ids of a brand with one of everything."""
    brand = walk.compiled()
    of = f"/api/brands/{brand}"
    latest = walk.client.get(f"{of}/brandbrain/latest").json()
    return {
        "brand_id": brand,
        "source_id": walk.client.get(f"{of}/sources").json()[0]["id"],
        "compile_run_id": latest["compile_run_id"],
        "snapshot_id": latest["snapshot_id"],
        "evidence_id": walk.client.get(f"{of}/evidence").json()[0]["id"],
    }


def _is_asked(case: Case[Any]) -> bool:
    """Tell whether to send it: nothing may delete what the others ask for, and a stream may not end."""
    return case.method != "DELETE" and not case.path.endswith("/events")


def _check(case: Case[Any], walk: Any, known: dict[str, str] | None = None) -> None:
    if known is not None:
        case.path_parameters = {name: known[name] for name in IDS if f"{{{name}}}" in case.path}
    if known is None or _is_asked(case):
        case.call_and_validate(base_url=walk.served.url, checks=TRUE_OF_ANY_ANSWER, timeout=30)


@SCHEMA.parametrize()
@settings(max_examples=8, suppress_health_check=QUIET)
def test_answers_about_anything(walk: Any, case: Case[Any]) -> None:
    """Ids, parameters, headers and bodies as they come: never a 500, and as described."""
    _check(case, walk)


@SCHEMA.parametrize()
@settings(max_examples=12, suppress_health_check=QUIET)
def test_answers_about_what_is_there(walk: Any, known: dict[str, str], case: Case[Any]) -> None:
    """The same of a brand with everything."""
    _check(case, walk, known)


@pytest.mark.fuzz
@SCHEMA.parametrize()
@settings(max_examples=500, suppress_health_check=QUIET)
def test_answers_for_long(walk: Any, known: dict[str, str], case: Case[Any]) -> None:
    """Many more of them."""
    _check(case, walk, known if case.id < "8" else None)


def test_every_route_is_described() -> None:
    """With an id of its own, its errors, and the headers that every answer has."""
    endpoints = all_endpoints(Metrics())
    described = document(endpoints)["paths"]
    assert {(e.path, e.method.lower()) for e in endpoints} == {
        (p, m) for p, methods in described.items() for m in methods
    }
    operations = [operation for methods in described.values() for operation in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    for operation in operations:
        assert {"400", "500", "503"} <= operation["responses"].keys()
        assert all("X-Request-Id" in each["headers"] for code, each in operation["responses"].items() if code != "304")


def test_every_reference_leads_somewhere() -> None:
    """Also those inside schemas."""
    for reference in _references(DESCRIPTION):
        target = DESCRIPTION
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        assert target


def test_nulls_are_described(walk: Any) -> None:
    """What may be null says so, what may be absent is not required."""
    schemas = DESCRIPTION["components"]["schemas"]
    assert {"anyOf": [{"type": "string"}, {"type": "null"}]} == schemas["Brand"]["properties"]["website_url"]
    assert ["id", "name", "website_url", "created_at"] == schemas["Brand"]["required"]
    assert "compile_run_id" not in schemas["Latest"]["required"]
    assert walk.client.get("/openapi.json").json()["components"]["schemas"] == schemas


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
