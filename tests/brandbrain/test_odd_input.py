"""Whatever is given, the command answers in sentences: each names what is wrong, and none is a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import attrs
import pytest
from click.testing import CliRunner
from tests.brandbrain.conftest import ANSWERS, Command, newest_in

from brandbrain.cli import cli
from brandbrain.invocation import Surroundings
from brandbrain_core.clock import SystemClock

ANSWERED = "\n".join(f'"{name}" = "{answer}"' for name, answer in ANSWERS.items())
LOFT = f"name = 'Loft'\nfiles = ['posts.jsonl']\n[answers]\n{ANSWERED}\n"


@pytest.fixture
def compiled(command: Command, posts: Path) -> Command:
    """The command, where a brand is compiled."""
    command("compile", "--name", "Loft", "--file", "posts.jsonl", "--answers", "answers.json")
    return command


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("deep.json", b"[" * 100_000, "deep.json: cannot be read as JSON: it is nested too deeply"),
        ("digits.json", b'{"a": ' + b"9" * 5_000 + b"}", "a number in it has too many digits"),
        ("half.json", b'{"a": "b', "cannot be read as JSON: Unterminated string (line 1, column 7)"),
        ("empty.json", b"", "cannot be read as JSON"),
        ("list.json", b"[]", "must hold an object of answers"),
        ("deep.toml", b"a = " + b"[" * 5_000, "deep.toml: cannot be read as TOML: it is nested too deeply"),
        ("latin.toml", '"tier0.who_for" = "café"'.encode("latin-1"), "is not in UTF-8 (byte 23)"),
        ("x" * 300, None, "cannot be read: File name too long"),
        (".", None, "cannot be read: Is a directory"),
        ("day.toml", b'"own.day" = 2026-01-01', "own.day must be JSON"),
    ],
)
def test_answers_that_cannot_be_read(command: Command, posts: Path, name: str, content: bytes | None, why: str) -> None:
    """Nested, cut off, in another encoding, no file at all: the file is named, and what is wrong with it."""
    if content is not None:
        (command.folder / name).write_bytes(content)
    assert why in command("compile", "--name", "x", "--file", "posts.jsonl", "--answers", name, code=2).stderr


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("folder", "folder: it is no file"),
        ("below/none.json", "below/none.json: there is no such file"),
        ("/dev/null", "/dev/null: it is no file"),
        ("x" * 300, "xxx: cannot be read: File name too long"),
    ],
)
def test_posts_that_are_no_file(command: Command, posts: Path, name: str, why: str) -> None:
    """The path is named as it was given."""
    (command.folder / "folder").mkdir()
    assert why in command("compile", "--file", name, "--answers", "answers.json", code=2).stderr


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (LOFT.replace("['posts.jsonl']", "'posts.jsonl'"), "files must be a list"),
        ("name = 'x'\nsources = 'web'", "sources must be a list"),
        ("name = 'x'\nsources = [1]", "sources[0] must be a table"),
        ("name = 'x'\nanswers = 1", "answers must be a table"),
        ("name = 'x'\ncolour = 1", "has no key colour (there are name, "),
        ("name = 'x'\n[[sources]]\nplatform = 'web'", "sources[0].capability is missing"),
        (LOFT.replace("Loft", "Lo\\u0000ft").replace("'Lo", '"Lo').replace("ft'", 'ft"'), "name must have no NUL"),
        (
            f"{LOFT}[[sources]]\nplatform='web'\ncapability='crawl_pages'\nidentifier='a.example'\nfolder=\"\\u0000\"",
            "fold",
        ),
        (f"{LOFT}[[sources]]\nplatform='myspace'\ncapability='posts'\nidentifier='a'", "there are instagram/posts, "),
        (
            f"{LOFT}[[sources]]\nplatform='instagram'\ncapability='posts'\nidentifier='a'\nsettings={{day=2026-01-01}}",
            "instagram.posts: the settings must be JSON",
        ),
    ],
)
def test_a_brand_file_that_cannot_be(command: Command, posts: Path, text: str, why: str) -> None:
    """Each member that is wrong is named with what it should be."""
    (command.folder / "brand.toml").write_text(text, "utf-8")
    assert why in command("compile", "brand.toml", code=2).stderr


def test_nothing_to_compile(command: Command) -> None:
    """Without brand file, flags and stored brand the command says what is missing, and makes no database."""
    for call in (("compile",), ("compile", "--json")):
        assert "there is no ./brand.toml (`brandbrain init` writes one)" in command(*call, code=2).stderr
    assert [] == list(command.folder.iterdir())


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.write_bytes(b"\x07" * 9_000), "it is no SQLite database"),
        (lambda path: path.mkdir(), "it is no file"),
    ],
)
@pytest.mark.parametrize("args", [("show",), ("compile", "--file", "posts.jsonl", "--answers", "answers.json")])
def test_a_database_that_is_none(
    command: Command, posts: Path, make: Callable[[Path], object], why: str, args: tuple[str, ...]
) -> None:
    """Garbage or a folder in place of a database is named; doctor finds it broken."""
    make(command.folder / "brandbrain.db")
    assert f"brandbrain.db cannot be opened: {why}" in command(*args, code=2).stderr
    checks = json.loads(command("doctor", "--json", code=1).stdout)["checks"]
    assert [("database", True)] == [(c["name"], why in c["detail"]) for c in checks if c["health"] == "broken"]


@pytest.mark.parametrize("file", ["kept.db", "new.db"])
def test_a_place_that_is_read_only(command: Command, posts: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    """A database that cannot be written, or made, is named; so that this holds for root, it is asked for."""
    (command.folder / "kept.db").touch()
    monkeypatch.setattr("brandbrain.documents.os.access", lambda path, *_, **__: Path(path) != command.folder)
    args = (
        "compile",
        "--file",
        "posts.jsonl",
        "--answers",
        "answers.json",
        "--db",
        f"sqlite:///{command.folder}/{file}",
    )
    assert f"{file} cannot be opened: n" in command(*args, code=2).stderr


def test_a_database_in_a_folder_that_is_not_there(command: Command, posts: Path) -> None:
    """The folder is named; it is not made."""
    url = f"sqlite:///{command.folder}/none/x.db"
    args = ("compile", "--file", "posts.jsonl", "--answers", "answers.json", "--db", url)
    assert "there is no folder" in command(*args, code=2).stderr


@pytest.mark.parametrize(
    ("args", "code", "why"),
    [
        (("diff", "9" * 25), 3, "There is no version 999999999..."),
        (("diff", "9" * 5_000), 3, "There is no version 999999999..."),
        (("history", "--limit", "9" * 30), 2, "is not in the range"),
        (("override", "voice.do", "--json-value", "[" * 100_000), 2, "is no JSON: it is nested too deeply"),
        (("show", "--json", "--include", "qa,nonsense"), 2, "nonsense is none of bundle, evidence, qa, full"),
        (("compile", "--include", "nonsense"), 2, "nonsense is none of"),
        (("compile", "--brand", "Loft", "--name", "Shed"), 2, "Give --brand for a brand that is there, or --name"),
    ],
)
def test_numbers_and_texts_beyond_all_bounds(compiled: Command, args: tuple[str, ...], code: int, why: str) -> None:
    """None reaches the database."""
    assert why in compiled(*args, code=code).stderr


def test_a_path_that_is_none_says_why_in_json_too(compiled: Command) -> None:
    """Beside the contract's sentence stands the reason."""
    body = json.loads(compiled("override", "voice", "x", "--json", code=2).stderr)
    assert ("Invalid override path: voice", "it is no field") == (body["error"], body["errors"][0]["message"])


def test_an_edit_that_only_pins_says_so(compiled: Command) -> None:
    """It changes no value; the history tells it from a compile that changed nothing."""
    compiled("pin", "voice.do")
    assert "an edit    only pins or overrides" in compiled("history").stdout


def test_a_file_that_is_not_named_again_is_not_read(compiled: Command) -> None:
    """What a stored source says opens no file; the report says what to do, and what was read before is kept."""
    found = compiled("compile", "--brand", "Loft", "--force")
    assert "posts.jsonl is not among those that may be read: name it anew when you compile" in found.stderr
    assert {"instagram": 3} == dict(newest_in(compiled).snapshot.meta.evidence_summary.by_platform)


def test_rows_with_replaced_characters_are_used(command: Command, posts: Path) -> None:
    """They are told, and not counted among the unusable ones."""
    posts.write_bytes(posts.read_text("utf-8").replace("Which", "Wh\u00ecch").encode("latin-1"))
    found = command("compile", "--file", "posts.jsonl", "--answers", "answers.json")
    assert "line 1: some characters are not in UTF-8 and were replaced" in found.stderr
    assert "3 items, 3 new\n" in found.stderr
    assert {"instagram": 3} == dict(newest_in(command).snapshot.meta.evidence_summary.by_platform)


@attrs.frozen
class Broken(SystemClock):
    """A clock that stopped."""

    def now(self) -> NoReturn:
        """Break."""
        raise RuntimeError("the clock\nstopped")


@pytest.mark.parametrize(("flags", "why"), [((), "RuntimeError: the clock; nobody"), (("--json",), "internal_error")])
def test_what_nobody_foresaw_is_a_sentence(command: Command, posts: Path, flags: tuple[str, ...], why: str) -> None:
    """It ends with 1; its traceback is for the log alone."""
    around = Surroundings(env=command.settings, folder=command.folder, clock=Broken())
    args = ["compile", "--file", "posts.jsonl", "--answers", "answers.json", *flags]
    result = CliRunner().invoke(cli, args, obj=around, prog_name="brandbrain")
    assert (1, SystemExit) == (result.exit_code, type(result.exception))
    assert why in result.stderr
    assert "Traceback" not in result.stderr
