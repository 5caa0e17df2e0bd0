"""The data files that ship with core: read when first needed, never on import."""

from __future__ import annotations

import hashlib
import json
import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

_FOLDER: Final = "lexicons"


def _folder() -> Traversable:
    return files("brandbrain_core").joinpath(_FOLDER)


def read_json(name: str) -> dict[str, Any]:
    """Return what the JSON file *name* holds; raise `FileNotFoundError` if there is none."""
    held = json.loads(_folder().joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return dict(held)


def read_toml(name: str) -> dict[str, Any]:
    """Return what the TOML file *name* holds; raise `FileNotFoundError` if there is none."""
    return tomllib.loads(_folder().joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def digest() -> str:
    """Return 12 hexadecimal digits that change with any byte of any data file."""
    total = hashlib.sha256()
    for file in sorted(_folder().iterdir(), key=lambda file: file.name):
        if file.name.endswith((".json", ".toml")):
            total.update(f"{file.name}\0".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:12]
