"""The tree of paths, beside what is plainly meant: segment by segment, names in braces stand for anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_http.paths import PathTree
from brandbrain_http.routes import ENDPOINTS

PATHS = sorted({endpoint.path for endpoint in ENDPOINTS})
segments = st.sampled_from(["", *{part for path in PATHS for part in path.split("/")}, "x", "%", "é", "\n"])


def _fits(pattern: str, path: str) -> bool:
    sought, given = pattern.split("/"), path.split("/")
    return len(sought) == len(given) and all(
        bool(part) if each.startswith("{") else part == each for each, part in zip(sought, given, strict=True)
    )


@given(st.lists(segments, max_size=8).map("/".join))
def test_what_is_found_fits(path: str) -> None:
    """If anything fits, that is found which writes out most; a path is never found under another."""
    fitting = sorted((pattern for pattern in PATHS if _fits(pattern, path)), key=lambda pattern: pattern.count("{"))
    found = PathTree({pattern: pattern for pattern in PATHS}).at(path)
    assert fitting[:1] == ([] if found is None else [found[0]])


@pytest.mark.parametrize("path", PATHS)
def test_every_route_is_found(path: str) -> None:
    """With the segments that its names stand for."""
    names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    asked = "/".join(part.upper() if part.startswith("{") else part for part in path.split("/"))
    tree = PathTree({pattern: pattern for pattern in PATHS})
    assert (path, {name: f"{{{name.upper()}}}" for name in names}) == tree.at(asked)


def test_two_names_for_one_segment_are_refused() -> None:
    """Whoever adds such a route hears of it at the start."""
    with pytest.raises(ValueError, match="b and a stand for the same segment"):
        PathTree({"/x/{a}": 1, "/x/{b}/y": 2})
