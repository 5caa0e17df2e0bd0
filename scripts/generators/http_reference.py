"""Write the reference of the HTTP API, made from the description that the server itself serves."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from brandbrain_http.metrics import Metrics
from brandbrain_http.openapi.document import document
from brandbrain_http.routes import all_endpoints

PAGE = "docs/reference/http.md"
INTRODUCTION = """\
# HTTP API

Made from the same classes as the bodies themselves; `GET /openapi.json` serves it as OpenAPI 3.1.

{description}
Where keys are in use, each request carries `Authorization: Bearer bb_...`; the scope that it needs stands beside its
address. A scope includes those before it: `read`, `write`, `admin`. Without a good key the answer is a 401
`unauthenticated`, with too little scope a 403 `forbidden`. What belongs to another tenant is not found.

Any request can also be answered with the errors below *Every request*.
"""
EVERY_REQUEST = ("401", "403", "408", "413", "500", "503")
COMMON_HEADERS = {"Idempotency-Key", "If-None-Match"}
COMMON_LINES = ("Idempotency-Key", "Invalid Host header")


def main(root: Path) -> None:
    """Write the page below *root*."""
    target = root / PAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(_page(document(all_endpoints(Metrics())))) + "\n", "utf-8")


def _page(api: Any) -> Iterator[str]:
    yield INTRODUCTION.format(description=api["info"]["description"])
    yield from _every_request(api)
    operations = [(path, method, o) for path, methods in api["paths"].items() for method, o in methods.items()]
    for tag in api["tags"]:
        yield f"## {tag['name']}\n\n{tag['description']}\n"
        for path, method, operation in operations:
            if tag["name"] in operation["tags"]:
                yield from _operation(path, method, operation)
    yield "## Bodies\n"
    yield "Members that are not marked *always* are absent where they do not apply, never null.\n"
    for name, schema in api["components"]["schemas"].items():
        if "properties" in schema:
            yield from _body(name, schema)


def _every_request(api: Any) -> Iterator[str]:
    responses = api["paths"]["/api/brands"]["post"]["responses"]
    yield "## Every request\n\n| status | texts |\n|---|---|"
    yield "| 400 | `Invalid Host header` |"
    for status in EVERY_REQUEST:
        lines = responses[status]["description"].replace("scope write", "scope {scope}").splitlines()
        yield f"| {status} | {_texts(lines)} |"
    yield ""
    parameters = {p["name"]: p["description"] for m in api["paths"]["/api/brands"].values() for p in m["parameters"]}
    yield f"`Idempotency-Key`, on every POST: {parameters['Idempotency-Key']}"
    yield "Another request under the same key is a 422 `idempotency_key_reuse`, one that is still under way a 409.\n"
    yield f"`If-None-Match`, on every GET: {parameters['If-None-Match']}\n"


def _operation(path: str, method: str, operation: Any) -> Iterator[str]:
    scope = f" · scope `{operation['x-scope']}`" if "x-scope" in operation else " · no key needed"
    yield f"### {method.upper()} `{path}`\n\n{operation['summary']}{scope}\n"
    if "description" in operation:
        yield f"{operation['description']}\n"
    parameters = [p for p in operation["parameters"] if p["in"] != "path" and p["name"] not in COMMON_HEADERS]
    if parameters:
        yield "| parameter | in | meaning |\n|---|---|---|"
        yield from (f"| `{p['name']}` | {p['in']} | {p['description']} |" for p in parameters)
        yield ""
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        yield f"Body: {_type(schema)}{'' if operation['requestBody']['required'] else ', optional'}\n"
    yield "| status | body | |\n|---|---|---|"
    for status, answer in sorted(operation["responses"].items()):
        yield from _answer(status, answer)
    yield ""


def _answer(status: str, answer: Any) -> Iterator[str]:
    if status < "300":
        content = answer.get("content", {})
        media, shape = next(iter(content.items()), ("", None))
        body = "" if shape is None else _type(shape["schema"]) if media == "application/json" else f"`{media}`"
        headers = [name for name in answer["headers"] if name in ("Location", "Retry-After", "Link")]
        sent = f" Headers: {', '.join(f'`{name}`' for name in headers)}." if headers else ""
        yield f"| {status} | {body} | {answer['description']}{sent} |"
    elif status != "304" and status not in EVERY_REQUEST:
        lines = [line for line in answer["description"].splitlines() if not any(part in line for part in COMMON_LINES)]
        if lines:
            yield f"| {status} | [Error](#body-error) | {_texts(lines)} |"


def _texts(lines: Iterable[str]) -> str:
    return " · ".join(line.removeprefix("- ") for line in lines)


def _body(name: str, schema: Any) -> Iterator[str]:
    yield f"(body-{name.lower()})=\n\n### {name}\n\n{schema.get('description', '')}\n"
    yield "| member | type | |\n|---|---|---|"
    for member, described in schema["properties"].items():
        always = "*always* " if member in schema.get("required", ()) else ""
        text = described.get("description", "").replace("|", "\\|")
        yield f"| `{member}` | {_type(described)} | {always}{text} |"
    yield ""


def _type(schema: Any) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#body-{name.lower()})" if name != "OwnFields" else "own fields"
    if "anyOf" in schema:
        return " or ".join(_type(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if schema.get("type") == "object" and "additionalProperties" in schema:
        return f"object of {_type(schema['additionalProperties'])}"
    return str(schema.get("format") or schema.get("type") or "anything")


main(Path(sys.argv[1]))
