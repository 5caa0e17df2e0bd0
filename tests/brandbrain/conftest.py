"""What the tests of the command share: a folder to work in, and the command called in it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Coroutine, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import attrs
import pytest
from click.testing import CliRunner, Result

from brandbrain.cli import cli
from brandbrain.invocation import Surroundings
from brandbrain.settings import load
from brandbrain.stored import Newest, newest
from brandbrain.wiring import opened
from brandbrain_core.services.deps import Deps

T = TypeVar("T")

ANSWERS = {
    "tier0.what_we_do": "We mend sails.",
    "tier0.who_for": "Weekend sailors.",
    "tier0.primary_goal": "leads",
    "tier0.cta_posture": "soft",
}


@attrs.frozen(kw_only=True)
class Command:
    """Calls the command in *folder*, in this process or in one of its own; knows no setting but the database."""

    folder: Path
    env: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def settings(self) -> Mapping[str, str]:
        """The environment of the command."""
        return {"DATABASE_URL": f"sqlite:///{self.folder / 'brandbrain.db'}", **self.env}

    def __call__(self, *args: str, code: int = 0) -> Result:
        """Call it; fail unless it ends with *code*."""
        around = Surroundings(env=self.settings, folder=self.folder)
        result = CliRunner().invoke(cli, list(args), obj=around, prog_name="brandbrain")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert code == result.exit_code, result.output
        return result

    def json(self, *args: str) -> Any:
        """Call it with ``--json``; return what it printed."""
        return json.loads(self(*args, "--json").stdout)

    def start(self, *args: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start it as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "brandbrain", *args],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], **self.settings, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def process(self, *args: str, code: int = 0, env: Mapping[str, str] | None = None) -> tuple[str, str]:
        """Run it as a process of its own; return what it said on stdout and stderr."""
        process = self.start(*args, env=env)
        out, err = process.communicate(timeout=60)
        assert code == process.returncode, err
        return out, err


def with_deps(command: Command, use: Callable[[Deps], Coroutine[Any, Any, T]]) -> T:
    """Run *use* with the services of the command's database."""

    async def run() -> T:
        around = Surroundings(env=command.settings, folder=command.folder)
        loaded = load(flags={}, env=around.env, folder=around.folder)
        async with opened(loaded.settings, clock=around.clock, ids=around.ids) as deps:
            return await use(deps)

    return asyncio.run(run())


def newest_in(command: Command) -> Newest:
    """Return the newest snapshot of the only brand."""
    return with_deps(command, lambda deps: newest(deps, None))


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command, in an empty folder."""
    return Command(folder=tmp_path)


@pytest.fixture
def sample(tmp_path: Path) -> Command:
    """The command, in a folder with the sample brand."""
    with resources.as_file(resources.files("brandbrain") / "sample") as files:
        shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    return Command(folder=tmp_path)


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    """A file with three posts of one account, and answers beside it."""
    rows = [
        {
            "platform": "instagram",
            "capability": "posts",
            "content_type": "post",
            "external_id": str(number),
            "canonical_url": f"https://www.instagram.com/p/{number}/",
            "published_at": f"2026-10-0{number}T09:00:00+00:00",
            "author_ref": "marrowbysailloft",
            "text_primary": f"Which seam goes first? Number {number}. #sails",
        }
        for number in (1, 2, 3)
    ]
    file = tmp_path / "posts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (tmp_path / "answers.json").write_text(json.dumps(ANSWERS), "utf-8")
    return file
