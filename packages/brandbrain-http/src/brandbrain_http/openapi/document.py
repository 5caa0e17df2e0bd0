"""The whole description: OpenAPI 3.1, made from the endpoints and the classes of their bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, Final

import attrs

from brandbrain_core.json_schema import Definitions
from brandbrain_core.model.json import JsonObject
from brandbrain_http.endpoint import Endpoint
from brandbrain_http.openapi import texts
from brandbrain_http.openapi.operation import Answer, Operation, Tag
from brandbrain_http.repeatable import KEY_MAX
from brandbrain_http.shapes.service import ErrorShape

_PREFIX: Final = "#/components/schemas/"
_ERROR: Final = {"application/json": {"schema": {"$ref": f"{_PREFIX}Error"}}}
_UNAVAILABLE: Final = ("The database is not available: {why}",)
_TAGGED: Final = frozenset({"ETag", "Cache-Control"})


def document(endpoints: Iterable[Endpoint]) -> JsonObject:
    """Return the description of these endpoints, as JSON-ready data."""
    definitions = Definitions(_PREFIX)
    definitions.of(ErrorShape)
    paths: dict[str, dict[str, JsonObject]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, definitions)
    schemas = {_shown(name): _renamed(schema) for name, schema in definitions.found.items()}
    if "Change" in schemas:
        schemas["Change"] = {**schemas["Change"], "required": ["path"]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "brandbrain",
            "version": version("brandbrain-http"),
            "summary": texts.SUMMARY,
            "description": texts.DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "tags": [{"name": tag.value, "description": texts.TAGS[tag]} for tag in Tag],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "headers": texts.HEADERS,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": texts.KEYS}},
        },
    }


def _operation(endpoint: Endpoint, definitions: Definitions) -> JsonObject:
    operation = endpoint.operation
    answers = {str(status): _answer(endpoint, answer, definitions) for status, answer in operation.answers.items()}
    described = {
        "operationId": endpoint.handler.__name__,
        "tags": [operation.tag.value],
        "summary": operation.summary,
        **({"description": operation.description} if operation.description else {}),
        "parameters": list(_parameters(endpoint)),
        **_body(operation, definitions),
        "responses": {**answers, **_errors(endpoint)},
    }
    if operation.open:
        return {**described, "security": [{}]}
    return {**described, "security": [{}, {"key": []}], "x-scope": endpoint.needs.value}


def _parameters(endpoint: Endpoint) -> Iterable[JsonObject]:
    for name in re.findall(r"{(\w+)}", endpoint.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    for parameter in endpoint.operation.query:
        yield {**attrs.asdict(parameter), "in": "query"}
    if endpoint.method == "POST":
        yield _header("Idempotency-Key", texts.IDEMPOTENCY_KEY, maxLength=KEY_MAX, minLength=1, pattern="^[!-~]+$")
    if endpoint.method == "GET" and not endpoint.operation.uncached:
        yield _header("If-None-Match", texts.IF_NONE_MATCH)
    if endpoint.operation.if_match:
        yield _header("If-Match", texts.IF_MATCH)


def _header(name: str, description: str, **limits: Any) -> JsonObject:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string", **limits}}


def _body(operation: Operation, definitions: Definitions) -> JsonObject:
    if operation.body is None:
        return {}
    definitions.of(operation.body)
    name = operation.body.__name__
    definitions.found[name] = _with_nulls(definitions.found[name], operation.body)
    schema = {"$ref": _PREFIX + _shown(name)}
    required = not operation.body_may_be_empty
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}}


def _with_nulls(schema: JsonObject, shape: type[Any]) -> JsonObject:
    """Return the schema of a request with null allowed for those members that take it."""
    nullable = [field.name for field in attrs.fields(shape) if field.metadata.get("nullable")]
    members: Mapping[str, Any] = schema["properties"]
    widened = {name: _or_null(members[name]) for name in nullable if "anyOf" not in members[name]}
    return {**schema, "properties": {**members, **widened}}


def _or_null(schema: JsonObject) -> JsonObject:
    described = {name: schema[name] for name in ("description",) if name in schema}
    plain = {name: value for name, value in schema.items() if name not in described}
    return {"anyOf": [plain, {"type": "null"}], **described}


def _answer(endpoint: Endpoint, answer: Answer, definitions: Definitions) -> JsonObject:
    cached = endpoint.method == "GET" and not endpoint.operation.uncached
    names = sorted({"X-Request-Id", *answer.headers, *(_TAGGED if cached else ())})
    described: dict[str, Any] = {"description": answer.description, "headers": _headers(names)}
    if answer.shape is not None:
        schema = _renamed(definitions.of(answer.shape))
        described["content"] = {answer.media_type: {"schema": schema}}
    return described


def _errors(endpoint: Endpoint) -> JsonObject:
    operation = endpoint.operation
    found: dict[int, tuple[str, ...]] = dict(operation.errors)
    found[400] = (*found.get(400, ()), "Invalid Host header")
    if operation.body is not None or endpoint.method == "POST":
        found[408] = ("The request did not arrive in time",)
        found[413] = ("Request body is too large: at most 1 MiB",)
    if endpoint.method == "POST":
        found[400] += (f"Idempotency-Key must have 1 to {KEY_MAX} characters",)
        found[409] = (*found.get(409, ()), "A request with this Idempotency-Key is still under way")
        found[422] = (*found.get(422, ()), "This Idempotency-Key was used for another request")
    if operation.if_match:
        found[412] = ("It was changed in the meantime; read it again",)
    if not operation.open:
        found[401] = ("A valid API key is required",)
        found[403] = (f"This API key lacks the scope {endpoint.needs}",)
    found[500] = ("Internal server error",)
    found[503] = (*found.get(503, _UNAVAILABLE), "The server stopped before it could answer")
    errors = {str(status): _error(status, lines) for status, lines in sorted(found.items())}
    if endpoint.method == "GET" and not operation.uncached:
        unchanged = {"description": "The client has this very version.", "headers": _headers(sorted(_TAGGED))}
        return {"304": unchanged, **errors}
    return errors


def _error(status: int, lines: tuple[str, ...]) -> JsonObject:
    names = ["X-Request-Id", *texts.HEADERS_OF_ERRORS.get(status, ())]
    return {"description": "\n".join(f"- `{line}`" for line in lines), "headers": _headers(names), "content": _ERROR}


def _headers(names: Iterable[str]) -> JsonObject:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _shown(name: str) -> str:
    """Return the name of a class as clients see it."""
    return name.removesuffix("Shape")


def _renamed(schema: Any) -> Any:
    """Return *schema* with classes named as clients see them, wherever it names one."""
    if isinstance(schema, Mapping):
        return {key: _renamed_member(key, value) for key, value in schema.items()}
    return [_renamed(each) for each in schema] if isinstance(schema, list | tuple) else schema


def _renamed_member(key: str, value: Any) -> Any:
    return _shown(value) if key in ("$ref", "title") and isinstance(value, str) else _renamed(value)
