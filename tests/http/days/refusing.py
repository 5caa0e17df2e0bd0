"""What is refused, with the text of the contract, and without any effect."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import rule
from tests.http.days.acting import UNKNOWN, keys, picks, refused
from tests.http.days.model import Json
from tests.http.days.owning import Owning
from tests.http.days.setting_up import ANSWERS
from tests.http.days.town import UNACCEPTABLE

SOURCE: Final = {"platform": "instagram", "capability": "posts", "identifier": "marrowby"}
NAME: Final = "name is required and must be non-empty string"
OVERRIDES: Final = "/brandbrain/overrides"

Refused = tuple[str, str, Any, int, str]
"""Method, path (below the brand, unless it begins with ``/api``), body, status, and how the text begins."""


def _paths() -> list[Refused]:
    wrong = ("", " ", "voice..do", "voice.", "pillars", "meta.compiled_at", "voice.do.first", "pillars.99.name")
    pinned = tuple(path for path in wrong if path != "pillars")
    bodies: list[tuple[str, Json]] = [(path, {"overrides_json": {"house.motto": "No.", path: "x"}}) for path in wrong]
    bodies += [(path, {"overrides_json": {"house.motto": "No."}, "pinned_paths": ["voice", path]}) for path in pinned]
    return [("PATCH", OVERRIDES, body, 422, f"Invalid override path: {path}") for path, body in bodies]


def _values() -> list[Refused]:
    wrong: list[tuple[str, Any]] = [
        ("voice.do", "a string"),
        ("positioning.what_we_do", 5),
        ("positioning.what_we_do", " "),
        ("constraints.taboos", ["a", 1]),
        ("voice.cta_policy", ["soft"]),
    ]
    text = "Invalid override value for"
    return [
        ("PATCH", OVERRIDES, {"overrides_json": {"house.motto": "No.", path: value}}, 422, f"{text} {path}: ")
        for path, value in wrong
    ]


ALL: Final[list[Refused]] = [
    ("PATCH", "", {"name": " "}, 400, NAME),
    ("PATCH", "", {"name": "M", "website_url": 5}, 400, "website_url must be a string"),
    ("PATCH", "", {"website_url": "marrowby"}, 400, "website_url must be an http(s) URL"),
    ("PUT", "/onboarding", {"answers_json": {}}, 422, "tier is required"),
    ("PUT", "/onboarding", {"tier": True, "answers_json": {}}, 422, "tier must be 0, 1, or 2"),
    ("PUT", "/onboarding", {"tier": 3, "answers_json": {}}, 422, "tier must be 0, 1, or 2"),
    ("PUT", "/onboarding", {"tier": 1}, 422, "answers_json is required"),
    ("PUT", "/onboarding", {"tier": 1, "answers_json": []}, 422, "answers_json must be an object"),
    ("PUT", "/onboarding", {"tier": 1, "answers_json": {**ANSWERS, "tier0.taboos": ["x", 5]}}, 422, "Invalid answers"),
    ("POST", "/sources", {**SOURCE, "platform": " "}, 400, "platform is required and must be non-empty string"),
    ("POST", "/sources", {**SOURCE, "capability": 5}, 400, "capability is required and must be non-empty string"),
    ("POST", "/sources", {**SOURCE, "identifier": None}, 400, "identifier is required and must be non-empty string"),
    ("POST", "/sources", {**SOURCE, "is_enabled": "false"}, 400, "is_enabled must be a boolean"),
    ("POST", "/sources", {**SOURCE, "settings_json": []}, 400, "settings_json must be an object"),
    ("POST", "/sources", {**SOURCE, "platform": "web"}, 422, "Unsupported platform/capability: web/posts"),
    ("POST", "/sources", {**SOURCE, "identifier": UNACCEPTABLE}, 422, "Invalid identifier for instagram: "),
    ("POST", "/brandbrain/compile", {"force_refresh": "false"}, 400, "force_refresh must be a boolean"),
    ("POST", "/brandbrain/compile", {"force_refresh": 1}, 400, "force_refresh must be a boolean"),
    ("POST", "/brandbrain/compile", {"force_refresh": None}, 400, "force_refresh must be a boolean"),
    ("POST", f"/brandbrain/compile/{UNKNOWN}/cancel", None, 404, "Compile run not found"),
    ("GET", f"/brandbrain/compile/{UNKNOWN}/status", None, 404, "Compile run not found"),
    ("GET", "/brandbrain/compile/x/status", None, 400, "Invalid compile_run_id"),
    ("GET", f"/brandbrain/snapshots/{UNKNOWN}", None, 404, "No snapshot found"),
    ("GET", "/brandbrain/snapshots/x", None, 400, "Invalid snapshot_id"),
    ("GET", "/brandbrain/history?page=x", None, 400, "Invalid pagination params"),
    ("GET", "/brandbrain/history?page_size=1.5", None, 400, "Invalid pagination params"),
    ("GET", "/brandbrain/compile?page=", None, 400, "Invalid pagination params"),
    ("PATCH", OVERRIDES, {"overrides_json": []}, 400, "overrides_json must be an object"),
    ("PATCH", OVERRIDES, {"overrides_json": None}, 400, "overrides_json must be an object"),
    ("PATCH", OVERRIDES, {"pinned_paths": "voice"}, 400, "pinned_paths must be an array"),
    ("PATCH", OVERRIDES, {"pinned_paths": ["voice", 1]}, 400, "pinned_paths items must be strings"),
    ("POST", "/api/brands", {"name": "  "}, 400, NAME),
    ("POST", "/api/brands", [], 400, "Request body must be an object"),
    ("GET", "/api/brands/x", None, 400, "Invalid brand_id"),
    ("GET", f"/api/sources/{UNKNOWN}", None, 404, "Source not found"),
    ("PATCH", "/api/sources/x", [], 400, "Invalid source_id"),
    ("GET", f"/api/evidence/{UNKNOWN}", None, 404, "Evidence not found"),
    ("POST", "/api/evidence/batch", {"ids": []}, 400, "ids must be an array of 1 to 100 ids"),
    *_paths(),
    *_values(),
]
NO_OBJECT: Final = (("[", "Invalid JSON body"), ('"x"', "Request body must be an object"), ("NaN", "Invalid JSON body"))


class Refusing(Owning):
    """Rules about what is refused."""

    @rule(
        pick=picks,
        other=picks,
        number=st.integers(0, 200),
        wrong=st.sampled_from(ALL),
        nonsense=st.sampled_from(NO_OBJECT),
        key=keys,
    )
    def overstep(
        self, pick: int, other: int, number: int, wrong: Refused, nonsense: tuple[str, str], key: str | None
    ) -> None:
        """Somebody asks for what is not theirs, or not there, or for nonsense."""
        if number % 2:
            self.trespass(pick, other, number // 4, gone=number % 4 == 1)
        else:
            self.be_refused(pick, wrong, nonsense, key)

    def be_refused(self, pick: int, wrong: Refused, nonsense: tuple[str, str], key: str | None) -> None:
        """What is wrong is refused; of a brand that is not there, that comes first."""
        brand = self.brand(pick)
        method, path, body, status, text = wrong
        held = key if method == "POST" else None
        self.send(brand.tenant, method, _below(brand.path, path), body, refused(status, text), key=held)
        if status == 422:
            gone = refused(404, "Brand not found")
            self.send(brand.tenant, method, _below(f"/api/brands/{UNKNOWN}", path), body, gone)
            content, text = nonsense
            answer = self.api.ask(brand.tenant, method, f"{brand.path}{path}", content=content.encode())
            assert (400, text) == (answer.status_code, answer.json()["error"])


def _below(brand: str, path: str) -> str:
    return path if path.startswith("/api") else f"{brand}{path}"
