"""Bodies that have brought systems of this kind down: each is a 4xx, none a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

INVALID: dict[str, bytes] = {
    "cut": b'{"name": "x"',
    "two": b"{}{}",
    "nothing but a comma": b",",
    "single quotes": b"{'name': 'x'}",
    "trailing comma": b'{"name": "x",}',
    "not a number": b'{"name": NaN}',
    "infinity": b'{"name": Infinity}',
    "minus infinity": b'{"name": -Infinity}',
    "infinity by exponent": b'{"name": 1e999}',
    "more digits than can be read": b'{"name": ' + b"9" * 5000 + b"}",
    "lone surrogate": b'{"name": "\\ud800"}',
    "lone surrogate as a key": b'{"\\udc00": 1}',
    "NUL as an escape": b'{"name": "a\\u0000b"}',
    "NUL as a byte": b'{"name": "a\x00b"}',
    "NUL in a key deep inside": b'{"a": [{"b\\u0000": 1}]}',
    "not UTF-8": b'{"name": "\xff"}',
    "overlong UTF-8": b'{"name": "\xc0\xaf"}',
    "surrogate in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"name": "x"}',
    "33 levels": b'{"a":' + b"[" * 32 + b"]" * 32 + b"}",
    "10,000 levels": b"[" * 10_000 + b"]" * 10_000,
    "a million openings": b'{"a":' * 200_000,
    "HTML": b"<html>",
    "empty where something is needed": b"   x",
}
EMPTY = [b"", b" ", b"\n\t"]
NO_OBJECT = [b"[]", b"null", b'"x"', b"5", b"true", b"1.5", b"[{}]", b'[{"name": "x"}]']
WRITES = [
    ("POST", "/api/brands"),
    ("PATCH", "/api/brands/{brand}"),
    ("PUT", "/api/brands/{brand}/onboarding"),
    ("POST", "/api/brands/{brand}/sources"),
    ("PATCH", "/api/sources/{source}"),
    ("POST", "/api/brands/{brand}/brandbrain/compile"),
    ("PATCH", "/api/brands/{brand}/brandbrain/overrides"),
    ("POST", "/api/evidence/batch"),
]


@pytest.fixture(scope="module")
def names(walk: Any) -> dict[str, str]:
    """A brand and a source of it."""
    brand = walk.ready()
    return {"brand": brand, "source": walk.source(brand, identifier="another")}


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_what_is_no_json_is_refused(walk: Any, names: dict[str, str], method: str, path: str) -> None:
    """With one text, whatever is wrong with it."""
    for what, content in INVALID.items():
        answer = walk.client.request(method, path.format(**names), content=content)
        assert (400, "Invalid JSON body") == (answer.status_code, answer.json()["error"]), what


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_what_is_no_object_is_refused(walk: Any, names: dict[str, str], method: str, path: str) -> None:
    """With another."""
    for content in NO_OBJECT:
        answer = walk.client.request(method, path.format(**names), content=content)
        assert (400, "Request body must be an object") == (answer.status_code, answer.json()["error"]), content


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_an_empty_body_is_an_empty_object_where_that_makes_sense(
    walk: Any, names: dict[str, str], method: str, path: str
) -> None:
    """Where every member may be absent; elsewhere it is no JSON."""
    for content in EMPTY:
        answer = walk.client.request(method, path.format(**names), content=content)
        if path in ("/api/brands/{brand}", "/api/brands/{brand}/brandbrain/overrides"):
            assert 200 == answer.status_code
        elif path.endswith("compile"):
            assert 202 == answer.status_code
        else:
            expected = "Request body cannot be empty" if method == "PATCH" else "Invalid JSON body"
            assert (400, expected) == (answer.status_code, answer.json()["error"])


@pytest.mark.parametrize("declared", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_that_is_not_declared_json_is_tried(walk: Any, declared: str | None) -> None:
    """As JSON."""
    headers = {} if declared is None else {"content-type": declared}
    assert 201 == walk.client.post("/api/brands", content=b'{"name": "M"}', headers=headers).status_code


def test_a_body_of_a_mebibyte_is_taken(walk: Any) -> None:
    """And one byte more is not."""
    rest = len(json.dumps({"name": "M", "x": ""}))
    fits = json.dumps({"name": "M", "x": "y" * ((1 << 20) - rest)})
    assert 201 == walk.client.post("/api/brands", content=fits).status_code
    assert 413 == walk.client.post("/api/brands", content=fits + " ").status_code


def test_ten_megabytes_are_refused(walk: Any) -> None:
    """Whether or not the client said how long it would be; the connection serves on."""

    def pieces() -> Iterator[bytes]:
        for _ in range(160):
            yield b" " * (1 << 16)

    for content in (b" " * 10_000_000, pieces()):
        answer = walk.client.post("/api/brands", content=content)
        assert (413, "payload_too_large") == (answer.status_code, answer.json()["code"])
    assert 200 == walk.client.get("/healthz").status_code


def test_a_deep_body_up_to_the_limit_is_taken(walk: Any) -> None:
    """32 levels, and brackets inside strings do not count."""
    deep = '{"tier": 0, "answers_json": {"x": ' + "[" * 30 + '"[[[[\\"{{{"' + "]" * 30 + "}}"
    assert 200 == walk.client.put(f"/api/brands/{walk.brand()}/onboarding", content=deep).status_code


def test_text_of_every_kind_survives(walk: Any) -> None:
    """Emoji, right-to-left, combining characters, pairs of surrogates, and the ends of Unicode."""
    for name in (
        "⛵🏴‍☠️",
        "שלום",
        "é",
        "\U0010ffff",
        "\ufffe",
        "</script>",
        "'; drop table brands; --",
        "%00",
        "a\u2028b",
    ):
        content = json.dumps({"name": name})
        brand = walk.client.post("/api/brands", content=content).json()
        assert name == walk.client.get(f"/api/brands/{brand['id']}").json()["name"]


def test_unknown_members_are_ignored(walk: Any) -> None:
    """Newer clients may send more."""
    assert 201 == walk.client.post("/api/brands", json={"name": "M", "id": "x", "__proto__": {}}).status_code


def test_paths_and_queries_of_any_bytes(walk: Any) -> None:
    """Never a 500."""
    brand = walk.brand()
    for path in (
        "/api/brands/%00",
        "/api/brands/%ff%fe",
        "/api/brands/..%2f..%2fetc",
        f"/api/brands/{brand}%00",
        f"/api/brands/{brand}/brandbrain/history?page=%00",
        f"/api/brands/{brand}/brandbrain/latest?include=%ff,%00",
        "/api/brands?cursor=%00",
        "/api/brands?limit=%ff",
        f"/api/brands/{brand}/evidence?platform=%00&content_type=%ff",
        "/" + "a" * 8000,
    ):
        assert walk.client.get(path).status_code in (400, 404), path
