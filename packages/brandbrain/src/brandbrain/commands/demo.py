"""`brandbrain demo`."""

from __future__ import annotations

import asyncio
import json
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from importlib import resources
from pathlib import Path
from typing import Final

import attrs
import click
from rich.console import Console
from rich.text import Text

from brandbrain.cli import cli
from brandbrain.invocation import Invocation, Surroundings, invoked
from brandbrain.settings import load
from brandbrain.stored import newest
from brandbrain.wiring import opened
from brandbrain.words import as_text
from brandbrain_core.errors import BrandBrainError, Conflict
from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonValue
from brandbrain_core.policies.paths import leaves

OVERRIDDEN: Final = "voice.emoji_policy"
SAID: Final = "One at most, and never on LinkedIn"
PINNED: Final = "platform_profiles.instagram.posting_cadence"
EXPLAINED: Final = "platform_profiles.instagram.hashtag_strategy"


class FolderExists(Conflict):
    """The folder to keep is there already and holds something."""

    code = "folder_exists"

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return f"{self.folder} exists already and is not empty; name another folder"


class DemoFailed(BrandBrainError):
    """Something that the demonstration promises did not hold."""

    code = "demo_failed"

    def __init__(self, promises: tuple[str, ...]) -> None:
        super().__init__(promises)
        self.promises = promises

    def __str__(self) -> str:
        return f"The demonstration failed: {'; '.join(self.promises)}"


@attrs.frozen(kw_only=True)
class Seen:
    """What the newest snapshot says where the demonstration looks."""

    version: int
    items: int
    overridden: FieldNode[JsonValue]
    pinned: FieldNode[JsonValue]


@click.command()
@click.option("--keep", metavar="DIR", type=click.Path(path_type=Path), help="Work in this folder, and keep it.")
@invoked(database=False)
def demo(call: Invocation, keep: Path | None) -> None:
    """
    Watch a sample brand being compiled, corrected and recompiled.

    Everything happens in a folder of its own, without network, keys or any of your settings. Each step shows the
    command that does it. Ends with 0 only if the correction and the pin have really held.
    """
    with _folder(call, keep) as folder, redirect_stdout(sys.stderr) if call.as_json else nullcontext():
        before, after = _Stage(folder, call).play()
    gone = tuple(broken(before, after))
    if call.as_json:
        seen = {"versions": after.version, "override_held": OVERRIDDEN not in gone, "pin_held": PINNED not in gone}
        click.echo(json.dumps({"ok": not gone, **seen, "broken": gone}))
    if gone:
        raise DemoFailed(gone)


@contextmanager
def _folder(call: Invocation, keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="brandbrain-demo-") as name:
            yield _filled(Path(name))
        return
    folder = call.around.folder / keep
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderExists(str(keep))
    yield _filled(folder)
    call.note(f"Everything is in {keep}; go on there: cd {shlex.quote(str(keep))} && brandbrain show")


def _filled(folder: Path) -> Path:
    with resources.as_file(resources.files("brandbrain") / "sample") as sample:
        shutil.copytree(sample, folder, dirs_exist_ok=True)
    return folder


class _Stage:
    """The folder of the demonstration, and where it is narrated."""

    def __init__(self, folder: Path, call: Invocation) -> None:
        env = {"DATABASE_URL": f"sqlite:///{folder / 'brandbrain.db'}"}
        self._around = Surroundings(env=env, folder=folder, clock=call.around.clock, ids=call.around.ids)
        self._out = Console()
        self._number = 0

    def play(self) -> tuple[Seen, Seen]:
        """Do all steps; return what was seen before and after the second compile."""
        self._say("A sail loft answered a few questions and exported its posts; brand.toml says where they lie.")
        self._run("compile", "brand.toml")
        self._say("The snapshot: each field with its confidence, and what it rests on.")
        self._run("show")
        self._say("Somebody at the loft knows better, and puts a sentence in place of what was counted.")
        self._run("override", OVERRIDDEN, SAID)
        self._say("And one field shall stay as it is, whatever is published next: it is pinned.")
        self._run("pin", PINNED)
        before = self._look()
        self._say("Weeks later there are newer posts. They are added, and the brand is compiled again.")
        new = ("posts/new/instagram.json", "posts/new/linkedin.jsonl")
        self._run("compile", "brand.toml", *(part for file in new for part in ("--file", file)))
        after = self._look()
        self._say("Did the correction and the pin hold?")
        self._tell(after)
        self._say("What has happened so far, and what changed for the reader between the first version and now:")
        self._run("history")
        self._run("diff", "1")
        self._say("Why does a field say what it says? Down to the posts:")
        self._run("show", "--field", EXPLAINED)
        return before, after

    def _say(self, text: str) -> None:
        self._number += 1
        self._out.print()
        self._out.print(Text(f"{self._number}. {text}", style="bold blue"))

    def _run(self, *args: str) -> None:
        self._out.print(Text(f"$ brandbrain {shlex.join(args)}", style="green"), soft_wrap=True)
        cli.main(args=list(args), prog_name="brandbrain", standalone_mode=False, obj=self._around)

    def _look(self) -> Seen:
        loaded = load(flags={}, env=self._around.env, folder=self._around.folder)

        async def look() -> Seen:
            async with opened(loaded.settings, clock=self._around.clock, ids=self._around.ids) as deps:
                found = await newest(deps, None)
            nodes = leaves(found.snapshot)
            return Seen(
                version=found.stored.version,
                items=found.snapshot.meta.evidence_summary.total_count,
                overridden=nodes[OVERRIDDEN],
                pinned=nodes[PINNED],
            )

        return asyncio.run(look())

    def _tell(self, after: Seen) -> None:
        for path, node in ((OVERRIDDEN, after.overridden), (PINNED, after.pinned)):
            self._out.print(Text.assemble((f"   {path}: ", "bold"), as_text(node.value)))
            inferred = as_text(node.inferred_value) if node.inferred_value is not None else "nothing"
            self._out.print(Text(f"   (left to itself, the compiler would say: {inferred})", style="dim"))


def broken(before: Seen, after: Seen) -> Sequence[str]:
    """Return the promises that did not hold."""
    held = {
        OVERRIDDEN: after.overridden.value == after.overridden.override_value == SAID,
        PINNED: after.pinned.locked and after.pinned.value == before.pinned.value,
        "the second compile made a version": after.version == before.version + 1,
    }
    return [promise for promise, is_so in held.items() if not is_so]
