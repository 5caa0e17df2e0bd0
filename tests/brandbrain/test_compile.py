"""`brandbrain compile`: what is declared, what is compiled, what is said about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.brandbrain.conftest import ANSWERS, Command, newest_in, with_deps

from brandbrain.declaration import Flags, declare
from brandbrain_core import wire
from brandbrain_core.bodies import INCLUDES, latest_body
from brandbrain_core.model.source import Source
from brandbrain_core.services.deps import Deps


def sources_in(command: Command) -> dict[str, Source]:
    """Return the sources of the only brand by name."""

    async def read(deps: Deps) -> dict[str, Source]:
        async with deps.store.reading() as work:
            (brand,) = await work.brands.page(after=None, limit=9)
            return {source.name: source for source in await work.sources.of_brand(brand.id)}

    return with_deps(command, read)


def test_the_json_is_the_body_of_the_latest_snapshot(command: Command, posts: Path) -> None:
    """What `--json` prints is, byte for byte, what the API answers, with what was to be included."""
    printed = command("compile", "--file", "posts.jsonl", "--answers", "answers.json", "--json", "--include", "full")
    found = newest_in(command)
    assert f"{latest_body(found.stored, found.report, INCLUDES)}\n" == printed.stdout
    assert {"evidence_status", "qa_report", "bundle_summary"} <= json.loads(printed.stdout).keys()


def test_a_second_compile_changes_nothing(command: Command, posts: Path) -> None:
    """The same files and answers again: UNCHANGED, and the same snapshot to the byte."""
    args = ("compile", "--file", "posts.jsonl", "--answers", "answers.json", "--json")
    first, second = command(*args), command(*args)
    assert first.stdout == second.stdout
    assert "UNCHANGED: version 1 is up to date" in second.stderr


def test_answers_stay_where_none_are_given(command: Command, posts: Path) -> None:
    """A later call without answers keeps the stored ones; one with answers replaces all of them."""
    command("compile", "--file", "posts.jsonl", "--answers", "answers.json", "--name", "Loft")
    command("compile", "--file", "posts.jsonl", "--name", "Loft", "--force")
    assert "We mend sails." == newest_in(command).snapshot.positioning.what_we_do.value
    (command.folder / "new.json").write_text(json.dumps({**ANSWERS, "tier0.what_we_do": "We sew bags."}), "utf-8")
    command("compile", "--brand", "loft", "--answers", "new.json")
    assert "We sew bags." == newest_in(command).snapshot.positioning.what_we_do.value


def test_what_cannot_be_compiled_is_not_stored(command: Command, posts: Path) -> None:
    """Missing answers are named, the call ends as a mistake of usage, and no brand is left behind."""
    result = command("compile", "--file", "posts.jsonl", code=2)
    assert "Missing required Tier0 fields: tier0.what_we_do, tier0.who_for" in result.stderr
    assert "no brand yet" in command("show", code=3).stderr


def test_wrong_answers_are_not_stored(command: Command, posts: Path) -> None:
    """An answer of a wrong type is named, and nothing is left behind."""
    (command.folder / "answers.json").write_text(json.dumps({**ANSWERS, "tier0.taboos": "luxury"}), "utf-8")
    result = command("compile", "--file", "posts.jsonl", "--answers", "answers.json", code=2)
    assert "tier0.taboos" in result.stderr
    assert "no brand yet" in command("show", code=3).stderr


def test_bad_rows_are_told_with_their_line(command: Command, posts: Path) -> None:
    """A line that is no JSON is reported, once, and the others are used."""
    with posts.open("a", encoding="utf-8") as file:
        file.write("{half a row\n")
    result = command("compile", "--file", "posts.jsonl", "--answers", "answers.json")
    assert 1 == result.stderr.count("line 4: it is no JSON")
    assert 3 == newest_in(command).snapshot.meta.evidence_summary.total_count


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("--file", "none.jsonl"), "none.jsonl: there is no such file"),
        (("none.toml",), "there is no such file"),
        (("--answers", "none.json", "--name", "x"), "there is no such file"),
        (("--file", "empty.jsonl"), "holds nothing that could be evidence"),
        (("--web", "ftp://loft.example"), "Invalid identifier for web"),
        (("--db", "oracle://x", "--file", "posts.jsonl"), "oracle"),
    ],
)
def test_a_mistake_is_a_sentence(command: Command, posts: Path, args: tuple[str, ...], why: str) -> None:
    """A missing file, an empty one, a wrong address: a message that names it, and exit code 2."""
    (command.folder / "empty.jsonl").write_text("", "utf-8")
    result = command("compile", *args, code=2)
    assert why in result.stderr
    assert "" == result.stdout


def test_a_source_that_fails_is_told_and_fails_alone(command: Command, posts: Path) -> None:
    """A site that may not be reached is reported, the posts are compiled all the same."""
    result = command(
        "compile", "--name", "Loft", "--file", "posts.jsonl", "--answers", "answers.json", "--web", "http://127.0.0.1:9"
    )
    assert "failed web.crawl_pages http://127.0.0.1:9" in result.stderr
    assert "Your website could not be read" in result.stderr
    assert {"instagram": 3} == dict(newest_in(command).snapshot.meta.evidence_summary.by_platform)


def test_a_compile_that_needs_evidence_fails_without(command: Command, posts: Path) -> None:
    """Where evidence is required and none came, the call ends with 1 and says why."""
    strict = Command(folder=command.folder, env={"BRANDBRAIN_REQUIRE_EVIDENCE": "yes"})
    result = strict("compile", "--web", "http://127.0.0.1:9", "--answers", "answers.json", code=1)
    assert "No evidence could be collected" in result.stderr
    assert "has no snapshot yet" in strict("show", code=3).stderr


def test_a_brand_file_may_leave_accounts_to_its_files(command: Command, posts: Path) -> None:
    """Files that are listed for the whole brand make a source for each account in them."""
    answers = "\n".join(f'"{name}" = "{answer}"' for name, answer in ANSWERS.items())
    (command.folder / "brand.toml").write_text(f'name = "Loft"\nfiles = ["posts.jsonl"]\n[answers]\n{answers}', "utf-8")
    command("compile")
    assert {"instagram.posts": "marrowbysailloft"} == {n: s.identifier for n, s in sources_in(command).items()}


@pytest.mark.parametrize(
    ("args", "name"),
    [
        (("--file", "posts.jsonl"), "marrowbysailloft"),
        (("--file", "posts.jsonl", "--web", "https://www.Loft.example/shop"), "loft.example"),
        (("--file", "posts.jsonl", "--web", "https://loft.example", "--name", "The Loft"), "The Loft"),
        (("brand.toml", "--file", "posts.jsonl"), "Of the file"),
        (("brand.toml", "--name", "Of the flag"), "Of the flag"),
        (("--answers", "answers.json"), None),
    ],
)
def test_what_names_a_brand(command: Command, posts: Path, args: tuple[str, ...], name: str | None) -> None:
    """The flag, else the brand file, else the site's host, else the account of the posts."""
    (command.folder / "brand.toml").write_text('name = "Of the file"', "utf-8")
    flags = Flags(
        brand_file=Path(args[0]) if not args[0].startswith("-") else None,
        name=args[args.index("--name") + 1] if "--name" in args else None,
        web=tuple(args[args.index("--web") + 1 : args.index("--web") + 2]) if "--web" in args else (),
        files=(posts,) if "--file" in args else (),
        answers=command.folder / "answers.json" if "--answers" in args else None,
    )
    assert name == declare(flags, command.folder).name


def test_a_folder_stands_in_for_the_site(sample: Command) -> None:
    """Pages of the folder become evidence at their public addresses; what robots.txt forbids is nowhere."""
    sample("compile", "brand.toml")

    async def pages(deps: Deps) -> list[str]:
        async with deps.store.reading() as work:
            (brand,) = await work.brands.page(after=None, limit=2)
            items = await work.evidence.page(brand.id, platform=None, content_type="web_page", after=None, limit=99)
        assert "barnacle-ledger-77" not in wire.dumps(items)
        assert "127.0.0.1" not in wire.dumps(items)
        return sorted(item.canonical_url for item in items)

    found = newest_in(sample)
    assert [
        "https://marrowby-loft.example",
        "https://marrowby-loft.example/about.html",
        "https://marrowby-loft.example/services.html",
    ] == with_deps(sample, pages)
    assert "https://marrowby-loft.example/about.html" == found.snapshot.meta.web_key_pages[0]
    assert "barnacle-ledger-77" not in found.stored.document


def test_a_changed_page_is_read_again(sample: Command) -> None:
    """A folder that was edited is no longer fresh; the others are reused."""
    sample("compile", "brand.toml")
    page = sample.folder / "website" / "about.html"
    page.write_text(page.read_text("utf-8").replace("loft", "attic"), "utf-8")
    result = sample("compile", "brand.toml")
    assert "read web.crawl_pages" in result.stderr
    assert "reused youtube.channel_videos" in result.stderr


def test_a_brand_file_names_all_sources(sample: Command) -> None:
    """A source that is gone from the brand file is disabled, not deleted; one that comes back is enabled."""
    whole = (sample.folder / "brand.toml").read_text("utf-8")
    sample("compile")
    (sample.folder / "brand.toml").write_text(whole[: whole.rindex("[[sources]]")], "utf-8")
    result = sample("compile")
    assert "disabled youtube.channel_videos @marrowbysailloft: the brand file does not name it" in result.stderr
    assert not sources_in(sample)["youtube.channel_videos"].is_enabled
    (sample.folder / "brand.toml").write_text(whole, "utf-8")
    sample("compile")
    assert all(source.is_enabled for source in sources_in(sample).values())


def test_several_files_feed_one_source(sample: Command) -> None:
    """Newer posts of an account that is known already are added to its source."""
    sample("compile", "brand.toml", "--file", "posts/new/instagram.json")
    files = (sources_in(sample)["instagram.posts"].settings or {})["files"]
    assert ["instagram.json", "instagram.json"] == [Path(file).name for file in files]
    body = sample.json("show", "--include", "evidence")
    counts = {outcome["source"]: outcome["raw_items_count"] for outcome in body["evidence_status"]["refreshed"]}
    assert 14 + 5 == counts["instagram.posts"]


def test_two_calls_at_once_make_one_snapshot(command: Command, posts: Path) -> None:
    """Two processes that compile the same at the same time, on a database that neither finds, both end well."""
    args = ("compile", "--name", "Loft", "--file", "posts.jsonl", "--answers", "answers.json", "--json")
    pair = [command.start(*args) for _ in range(2)]
    said = [process.communicate(timeout=60) for process in pair]
    assert [0, 0] == [process.returncode for process in pair], said
    (first, _), (second, _) = said
    assert first == second
    assert 1 == command.json("history")["total"]


def test_the_same_on_postgresql(command: Command, posts: Path, postgres_database: str) -> None:
    """A server's database is migrated by its command alone, and then all is as on SQLite."""
    there = Command(folder=command.folder, env={"DATABASE_URL": postgres_database})
    args = ("compile", "--file", "posts.jsonl", "--answers", "answers.json")
    assert "`brandbrain migrate` brings an older one up to date" in there(*args, code=4).stderr
    there("migrate")
    there(*args)
    there("override", "voice.do", "Be brief")
    assert ("Be brief",) == newest_in(there).snapshot.voice.do.value
    assert there.json("doctor")["ok"]
    assert [] == list(command.folder.glob("*.db"))


def test_a_database_that_does_not_answer(command: Command, posts: Path) -> None:
    """Code 5, and the password is not in the message."""
    url = "postgresql://ann:very-secret@127.0.0.1:1/brands"
    result = command("show", "--db", url, code=5)
    assert "very-secret" not in result.output


def test_a_file_that_is_not_named_again_is_not_read(command: Command, posts: Path) -> None:
    """A stored source does not open files by itself: without the flag its file is closed, the evidence stays."""
    command("compile", "--name", "Loft", "--file", "posts.jsonl", "--answers", "answers.json")
    result = command("compile", "--brand", "Loft", "--force")
    assert "failed instagram.posts marrowbysailloft: The file posts.jsonl is not among those" in result.stderr
    assert 3 == newest_in(command).snapshot.meta.evidence_summary.total_count
