"""The commands and scripts of the documentation do what the pages say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```(?P<info>\{code-block\} \w+|\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
CAPTION = re.compile(r":caption: (?P<file>\S+)\n\n(?P<text>.*)", re.DOTALL)


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each block of a page."""
    for block in BLOCK.finditer((DOCS / page).read_text("utf-8")):
        yield block["info"], block["body"]


def calls(body: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block, and what it is said to print."""
    for call in body.split("$ ")[1:] if body.startswith("$ ") else ():
        command, _, said = call.partition("\n")
        yield command, said


def pattern(said: str) -> re.Pattern[str]:
    """Return what a command must print: three dots alone are any lines or none, within a line they are anything."""
    lines = (
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(re.escape("..."), ".*") + r"\n"
        for line in said.splitlines()
    )
    return re.compile("".join(lines))


def run(command: str, folder: Path) -> str:
    """Run a command of a page as a shell does; return all that it said, in order."""
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout
    return done.stdout


@pytest.mark.parametrize("page", ["tutorial/first-brand.md", "how-to/compile-a-brand.md"])
def test_the_commands_of_a_page_do_what_it_says(page: str, tmp_path: Path) -> None:
    """Its files are written, its commands run in order, and each prints what stands below it."""
    compared = 0
    for info, body in blocks(page):
        if (file := CAPTION.match(body)) and info.startswith("{code-block}"):
            (tmp_path / file["file"]).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file["file"]).write_text(file["text"], "utf-8")
        for command, said in calls(body) if info == "console" else ():
            printed = run(command, tmp_path)
            assert pattern(said).fullmatch(printed), f"$ {command}\n{printed}"
            compared += 1
    assert 5 < compared


def test_the_script_of_the_core_needs_core_alone() -> None:
    """It runs where nothing else of ours can be imported, and prints the one field that the override changed."""
    (script,) = [body for info, body in blocks("how-to/use-the-core.md") if info == "python"]
    absent = ["brandbrain", *(f"brandbrain_{name}" for name in ("store", "http", "sources", "synthesis", "worker"))]
    guard = f"import sys\nsys.modules.update(dict.fromkeys({[*absent, 'sqlalchemy', 'click', 'rich', 'httpx2']!r}))\n"
    done = subprocess.run([sys.executable, "-c", guard + script], capture_output=True, text=True, check=False)
    assert "" == done.stderr
    (line,) = done.stdout.splitlines()
    assert line.startswith("voice.emoji_policy was: ")
    assert line.endswith(" now: One at most")
