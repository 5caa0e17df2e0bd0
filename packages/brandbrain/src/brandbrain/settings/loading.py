"""Where settings come from: flags, then the environment, then ``brandbrain.toml``, then the defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import attrs

from brandbrain.documents import exists, read_toml
from brandbrain.settings.values import NAME, PARSE, SECRET, Settings
from brandbrain_core.errors import InvalidSettings, Problem

FILE: Final = "brandbrain.toml"
PREFIX: Final = "BRANDBRAIN_"


@attrs.frozen(kw_only=True)
class Loaded:
    """The settings, and where each came from, by attribute: ``flag``, ``environment``, the file's name, ``default``."""

    settings: Settings
    origins: Mapping[str, str]

    def shown(self) -> Iterator[tuple[str, Any, str]]:
        """Yield name, value and origin of every setting; secrets are hidden, of URLs only the password."""
        for field in attrs.fields(Settings):
            value = getattr(self.settings, field.name)
            secret = field.metadata[SECRET] and value
            yield field.metadata[NAME], _masked(value) if secret else value, self.origins[field.name]


def load(*, flags: Mapping[str, object], env: Mapping[str, str], folder: Path) -> Loaded:
    """
    Read all settings.

    Args:
        flags: By attribute of `Settings`; absent where a flag was not given.
        env: The environment.
        folder: Where ``brandbrain.toml`` may lie.

    Raises:
        InvalidSettings: Unknown names and bad values, all of them, each named.
        InvalidFile: ``brandbrain.toml`` is not TOML.
    """
    fields = attrs.fields_dict(Settings)
    by_env = {field.metadata[NAME]: name for name, field in fields.items()}
    in_file = _file(folder / FILE)
    problems = [*_unknown_env(env, by_env), *_unknown_keys(in_file, fields)]
    layers: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("flag", flags),
        ("environment", {name: env[key] for key, name in by_env.items() if key in env}),
        (FILE, {name: value for name, value in in_file.items() if name in fields}),
    )
    values: dict[str, Any] = {}
    origins = dict.fromkeys(fields, "default")
    for name, field in fields.items():
        origin, raw = next(((o, layer[name]) for o, layer in layers if name in layer), ("default", None))
        if origin == "default":
            continue
        try:
            values[name] = field.metadata[PARSE](raw)
            origins[name] = origin
        except ValueError as error:
            problems.append(Problem(code="bad_value", message=f"{field.metadata[NAME]} {error}", pointer=name))
    settings = Settings(**values)
    problems.extend(_disagreements(settings))
    if problems:
        raise InvalidSettings(problems)
    return Loaded(settings=settings, origins=origins)


def _file(path: Path) -> Mapping[str, object]:
    return read_toml(path, shown=path.name) if exists(path) else {}


def _unknown_env(env: Mapping[str, str], known: Mapping[str, str]) -> Iterator[Problem]:
    for name in sorted(env):
        if name.startswith(PREFIX) and name not in known:
            yield Problem(code="unknown_setting", message=f"{name} is no setting{_did_you_mean(name, known)}")


def _unknown_keys(in_file: Mapping[str, object], known: Mapping[str, Any]) -> Iterator[Problem]:
    for name in in_file:
        if name not in known:
            yield Problem(code="unknown_setting", message=f"{FILE}: {name} is no setting{_did_you_mean(name, known)}")


def _did_you_mean(name: str, known: Mapping[str, Any]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _disagreements(settings: Settings) -> Iterator[Problem]:
    try:
        settings.lease_terms  # noqa: B018  it is built to see whether it can be
    except ValueError as error:
        message = f"BRANDBRAIN_HEARTBEAT_SECONDS and BRANDBRAIN_STALE_SECONDS disagree: {error}"
        yield Problem(code="bad_value", message=message)


def _masked(value: str) -> str:
    if "://" not in value:
        return "********"
    parts = urlsplit(value)
    if not parts.password:
        return value
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:********@{host}"))
