"""The packages agree on their version and declare what they import."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
NAMES = {folder.name for folder in FOLDERS}

each_package = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def _project(folder: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return project


def _providers() -> dict[str, set[str]]:
    """Return the distributions behind each importable name; an editable install does not list its own."""
    siblings = {name.replace("-", "_"): {name} for name in NAMES}
    installed = packages_distributions()
    return {name: {_distribution(found) for found in installed[name]} for name in installed} | siblings


def _requirements(folder: Path) -> list[str]:
    project = _project(folder)
    extras: dict[str, list[str]] = project.get("optional-dependencies", {})
    return [*project["dependencies"], *(line for lines in extras.values() for line in lines)]


def _distribution(requirement: str) -> str:
    """Return the normalised name of the distribution that a requirement asks for."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def _imported(folder: Path) -> dict[str, str]:
    """Return each top-level name that the package imports from elsewhere, and a file that does."""
    own = folder.name.replace("-", "_")
    found: dict[str, str] = {}
    for path in (folder / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules = [node.module]
            found |= {module.partition(".")[0]: path.name for module in modules}
    return {name: file for name, file in found.items() if name != own and name not in sys.stdlib_module_names}


def test_there_is_one_version() -> None:
    """Every package carries the same version."""
    assert 1 == len({_project(folder)["version"] for folder in FOLDERS})


@each_package
def test_siblings_are_pinned_to_that_version(folder: Path) -> None:
    """A package that needs a sibling needs exactly the one it was released with."""
    version = _project(folder)["version"]
    siblings = [line for line in _requirements(folder) if _distribution(line) in NAMES]

    assert [] == [line for line in siblings if not line.endswith(f"=={version}")]


@each_package
def test_what_is_imported_is_declared(folder: Path) -> None:
    """Each third-party import comes from a distribution that the package itself asks for, if only as an extra."""
    providers = _providers()
    declared = {_distribution(line) for line in _requirements(folder)}
    undeclared = {name: file for name, file in _imported(folder).items() if not declared & providers.get(name, set())}

    assert {} == undeclared


@each_package
def test_what_is_declared_for_every_user_is_imported(folder: Path) -> None:
    """A package makes nobody install what it never uses; drivers, plug-ins and what doctor looks for have names."""
    found_by_name = {
        "aiosqlite",
        "uvicorn",
        *(f"brandbrain-{name}" for name in ("http", "sources", "store", "synthesis")),
    }
    providers = _providers()
    imported = {distribution for name in _imported(folder) for distribution in providers.get(name, set())}
    declared = {_distribution(line) for line in _project(folder)["dependencies"]}

    assert set() == declared - imported - found_by_name


@each_package
def test_a_package_is_typed_and_licensed(folder: Path) -> None:
    """Type checkers read the package's annotations, and its licence travels with it."""
    assert (folder / "src" / folder.name.replace("-", "_") / "py.typed").exists()
    assert (ROOT / "LICENSE").read_text() == (folder / "LICENSE").read_text()
