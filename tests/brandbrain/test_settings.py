"""Settings: read once, in an order of strength; what is wrong is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from brandbrain.settings import Loaded, Settings, load
from brandbrain_core.errors import InvalidFile, InvalidSettings


def loaded(
    folder: Path, *, flags: dict[str, object] | None = None, env: dict[str, str] | None = None, file: str = ""
) -> Loaded:
    """Load settings from these layers."""
    (folder / "brandbrain.toml").write_text(file, "utf-8")
    return load(flags=flags or {}, env=env or {}, folder=folder)


@pytest.mark.parametrize(
    ("flags", "env", "file", "value", "origin"),
    [
        ({}, {}, "", 8000, "default"),
        ({}, {}, "port = 8001", 8001, "brandbrain.toml"),
        ({}, {"BRANDBRAIN_PORT": "8002"}, "port = 8001", 8002, "environment"),
        ({"port": 8003}, {"BRANDBRAIN_PORT": "8002"}, "port = 8001", 8003, "flag"),
    ],
)
def test_the_stronger_layer_wins(
    tmp_path: Path, flags: dict[str, object], env: dict[str, str], file: str, value: int, origin: str
) -> None:
    """Flags beat the environment, that beats the file, that beats the default."""
    found = loaded(tmp_path, flags=flags, env=env, file=file)
    assert (value, origin) == (found.settings.port, found.origins["port"])


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"BRANDBRAIN_PROT": "1"}, "BRANDBRAIN_PROT is no setting; did you mean BRANDBRAIN_PORT?"),
        ({"BRANDBRAIN_CAP_IG_POSTS": "0"}, "BRANDBRAIN_CAP_IG_POSTS must be a positive integer"),
        ({"BRANDBRAIN_CAP_WEB": "three"}, "BRANDBRAIN_CAP_WEB must be a positive integer"),
        ({"BRANDBRAIN_APIFY_RUN_TTL_HOURS": "-1"}, "BRANDBRAIN_APIFY_RUN_TTL_HOURS must be a positive integer"),
        ({"BRANDBRAIN_REQUIRE_EVIDENCE": "perhaps"}, "BRANDBRAIN_REQUIRE_EVIDENCE must be true, 1, yes, on or"),
        ({"BRANDBRAIN_LOG_FORMAT": "xml"}, "BRANDBRAIN_LOG_FORMAT must be one of text, json"),
        ({"BRANDBRAIN_PORT": "70000"}, "BRANDBRAIN_PORT must be a port"),
        ({"BRANDBRAIN_COLLECTORS": "web"}, "BRANDBRAIN_COLLECTORS must be like"),
        ({"BRANDBRAIN_LLM_TIMEOUT": "nan"}, "BRANDBRAIN_LLM_TIMEOUT must be a number of seconds"),
        (
            {"BRANDBRAIN_HEARTBEAT_SECONDS": "300"},
            "BRANDBRAIN_HEARTBEAT_SECONDS and BRANDBRAIN_STALE_SECONDS disagree",
        ),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, env: dict[str, str], named: str) -> None:
    """An unknown name or a bad value stops the start, and the message says which."""
    with pytest.raises(InvalidSettings) as caught:
        loaded(tmp_path, env=env)
    assert named in str(caught.value)


def test_every_wrong_setting_is_told_at_once(tmp_path: Path) -> None:
    """Two mistakes are two problems of one error."""
    with pytest.raises(InvalidSettings) as caught:
        loaded(tmp_path, env={"BRANDBRAIN_PORT": "x"}, file="colour = 1")
    assert 2 == len(caught.value.problems)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(InvalidFile, match=r"brandbrain\.toml"):
        loaded(tmp_path, file="port =")


def test_other_names_of_the_environment_are_left_alone(tmp_path: Path) -> None:
    """Only names that begin as ours are checked."""
    assert Settings() == loaded(tmp_path, env={"PORT": "x", "HOME": "/"}).settings


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("OPENAI_API_KEY", "sk-very-secret", "********"),
        ("APIFY_TOKEN", "apify-secret", "********"),
        ("DATABASE_URL", "postgresql://ann:secret@db.example/x", "postgresql://ann:********@db.example/x"),
        ("DATABASE_URL", "sqlite:///a.db", "sqlite:///a.db"),
    ],
)
def test_secrets_are_not_shown(tmp_path: Path, name: str, value: str, shown: str) -> None:
    """Neither the list of settings nor their repr holds a secret."""
    found = loaded(tmp_path, env={name: value})
    listed: dict[str, Any] = {setting: text for setting, text, _ in found.shown()}
    assert shown == listed[name]
    assert "secret" not in repr(found.settings)


def test_documented_defaults(tmp_path: Path) -> None:
    """The defaults are those that the reference lists."""
    settings = loaded(tmp_path).settings
    assert "sqlite:///brandbrain.db" == settings.database_url
    assert (8, 6, 6, 6, 6, 3, 40, 2000) == (
        settings.cap_ig_posts,
        settings.cap_ig_reels,
        settings.cap_li,
        settings.cap_tt,
        settings.cap_yt,
        settings.cap_web,
        settings.max_normalized_items,
        settings.corpus_max,
    )
    assert (30, 600, 3600, 3, 30, 5, 60, 8) == (
        settings.heartbeat_seconds,
        settings.stale_seconds,
        settings.deadline_seconds,
        settings.max_attempts,
        settings.backoff_base_seconds,
        settings.poll_seconds,
        settings.stale_check_seconds,
        settings.concurrency,
    )
