"""The same inputs give the same bytes, whatever the hash seed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.brandbrain.conftest import Command

DRIVER = """
import itertools, sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from brandbrain.cli import cli
from brandbrain.invocation import Surroundings

class Clock:
    def now(self):
        return datetime(2026, 11, 21, 12, tzinfo=UTC)

class Ids:
    def __init__(self):
        self.numbers = itertools.count(1)
    def new(self):
        return UUID(int=next(self.numbers) | 0x7 << 76 | 0b10 << 62)

folder, database = map(Path, sys.argv[1:])
env = {"DATABASE_URL": f"sqlite:///{database}"}
around = Surroundings(env=env, folder=folder, clock=Clock(), ids=Ids())
for args in (["compile", "brand.toml"], ["override", "voice.do", "Be brief"], ["pin", "platform_profiles"],
             ["compile", "brand.toml", "--file", "posts/new/linkedin.jsonl"], ["show", "--json", "--include", "full"]):
    cli.main(args, prog_name="brandbrain", standalone_mode=False, obj=around)
"""


def test_the_hash_seed_changes_nothing(sample: Command, tmp_path: Path) -> None:
    """The sample brand, compiled, corrected and recompiled under three hash seeds: every printed byte is the same."""
    digests = set()
    for seed in ("0", "1", "4242"):
        env = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", DRIVER, str(sample.folder), str(tmp_path / f"{seed}.db")]
        done = subprocess.run(command, env=env, capture_output=True, check=True, timeout=120)
        assert b'"bundle_summary"' in done.stdout
        digests.add(hashlib.sha256(done.stdout).hexdigest())
    assert 1 == len(digests)
