"""What each command prints is what the services say, as JSON and as text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.brandbrain.conftest import Command, newest_in, with_deps

from brandbrain_core import wire
from brandbrain_core.bodies import latest_body
from brandbrain_core.ids import SnapshotId
from brandbrain_core.json_schema import snapshot_schema
from brandbrain_core.model.stored_snapshot import HistoryEntry
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.snapshots import diff_versions, explain_field


@pytest.fixture
def compiled(command: Command, posts: Path) -> Command:
    """The command, where a brand is compiled."""
    command("compile", "--name", "Loft", "--file", "posts.jsonl", "--answers", "answers.json")
    return command


def versions(command: Command) -> tuple[HistoryEntry, ...]:
    """Return the history of the only brand, newest first."""

    async def read(deps: Deps) -> tuple[HistoryEntry, ...]:
        async with deps.store.reading() as work:
            (brand,) = await work.brands.page(after=None, limit=2)
            return await work.snapshots.history(brand.id, before_version=None, offset=0, limit=99)

    return with_deps(command, read)


def test_show_prints_the_body_of_the_api(compiled: Command) -> None:
    """`show --json` is the stored document in the body of GET latest."""
    found = newest_in(compiled)
    assert f"{latest_body(found.stored, found.report)}\n" == compiled("show", "--json").stdout


def test_show_says_everything(compiled: Command) -> None:
    """Every field of the snapshot, its value and its band are on the page for people."""
    page = compiled("show").stdout
    for piece in (
        "Loft",
        "what_we_do",
        "We mend sails.",
        "high 0.90",
        "Positioning",
        "Voice",
        "evidence chosen: 3 items (3 instagram)",
    ):
        assert piece in page
    assert all(line == line.rstrip() for line in page.splitlines())


@pytest.mark.parametrize("wanted", ["Loft", "loft"])
def test_a_brand_is_found_by_name(compiled: Command, wanted: str) -> None:
    """By its name in any case of letters, as argument or option; by its id."""
    brand_id = compiled.json("show", wanted)["brand_id"]
    assert (
        brand_id == compiled.json("show", "--brand", wanted)["brand_id"] == compiled.json("show", brand_id)["brand_id"]
    )


def test_of_several_brands_one_must_be_named(compiled: Command) -> None:
    """Without a name the brands are listed; a name that nobody has is said."""
    compiled("compile", "--name", "Shed", "--file", "posts.jsonl", "--answers", "answers.json")
    assert "there are 'Loft', 'Shed'" in compiled("show", code=2).stderr
    assert "There is no brand 'Barn'" in compiled("show", "Barn", code=3).stderr


def test_a_field_is_explained_down_to_the_posts(compiled: Command) -> None:
    """The explanation is the service's; for people it has the rule in words, the links and the words of the posts."""
    path = "platform_profiles.instagram.hashtag_strategy"
    found = newest_in(compiled)

    async def explain(deps: Deps) -> Any:
        async with deps.store.reading() as work:
            return await explain_field(work, found.brand.id, path)

    assert wire.unstructure(with_deps(compiled, explain)) == compiled.json("show", "--field", path)
    page = compiled("show", "--field", path).stdout
    for piece in ("an Instagram post gives at most 0.5", "https://www.instagram.com/p/3/", "3 Oct 2026", "Number 3."):
        assert piece in page


def test_an_answered_field_names_its_question(compiled: Command) -> None:
    """A field that rests on an answer says which."""
    page = compiled("show", "--field", "positioning.who_for").stdout
    assert "tier0.who_for: Who is it for?" in page


def test_an_unknown_field_is_said(compiled: Command) -> None:
    """There is no such field: code 3."""
    assert "No field at voice.volume" in compiled("show", "--field", "voice.volume", code=3).stderr


def test_an_override_shows_at_once(compiled: Command) -> None:
    """The overrides are printed as the API has them, and the newest snapshot shows the value."""
    body = compiled.json("override", "voice.tone_tags", "warm", "dry")
    assert ({"voice.tone_tags": ["warm", "dry"]}, []) == (body["overrides_json"], body["pinned_paths"])
    node = newest_in(compiled).snapshot.voice.tone_tags
    assert (("warm", "dry"), ["warm", "dry"]) == (node.value, node.override_value)
    assert "overridden" in compiled("show").stdout


@pytest.mark.parametrize(
    ("args", "value"),
    [
        (("voice.emoji_policy", "none"), "none"),
        (("voice.do", "be brief"), ["be brief"]),
        (("positioning.tagline", "Mend it."), "Mend it."),
        (("positioning.colours", "red", "tan"), ["red", "tan"]),
        (("positioning.founded", "2014", "--json-value"), 2014),
        (("voice.do", '["a", "b"]', "--json-value"), ["a", "b"]),
    ],
)
def test_a_value_has_the_kind_of_its_field(compiled: Command, args: tuple[str, ...], value: object) -> None:
    """Words become a text or a list as the field wants it; JSON is taken as it stands."""
    assert {args[0]: value} == compiled.json("override", *args)["overrides_json"]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("voice.emoji_policy", "a", "b"), "must be one text, not 2"),
        (("voice.emoji_policy", "{", "--json-value"), "is no JSON"),
        (("voice.emoji_policy", "null", "--json-value"), "--remove takes an override away"),
        (("voice.emoji_policy", "3", "--json-value"), "must be a string"),
        (("voice", "x"), "it is no field"),
        (("platform_profiles.instagram.rules", "x"), "--json-value"),
        (("voice.emoji_policy",), "Give a VALUE, or --remove"),
        (("voice.emoji_policy", "x", "--remove"), "not both"),
    ],
)
def test_a_wrong_edit_changes_nothing(compiled: Command, args: tuple[str, ...], why: str) -> None:
    """It is refused with a reason, and no version is made."""
    assert why in compiled("override", *args, code=2).stderr
    assert 1 == newest_in(compiled).stored.version


def test_an_override_can_be_taken_away(compiled: Command) -> None:
    """What was inferred stands there again."""
    before = newest_in(compiled).snapshot.voice.emoji_policy
    compiled("override", "voice.emoji_policy", "none")
    compiled("override", "voice.emoji_policy", "--remove")
    assert before == newest_in(compiled).snapshot.voice.emoji_policy


def test_pins_come_and_go(compiled: Command) -> None:
    """Pins are added to those there are; unpinning takes only what was named."""
    compiled("pin", "voice.emoji_policy")
    assert ["voice.emoji_policy", "constraints"] == compiled.json("pin", "constraints")["pinned_paths"]
    assert newest_in(compiled).snapshot.constraints.taboos.locked
    assert ["constraints"] == compiled.json("unpin", "voice.emoji_policy")["pinned_paths"]
    assert "voice.do is not pinned; pinned are constraints" in compiled("unpin", "voice.do", code=3).stderr


def test_a_repeated_edit_says_that_nothing_changed(compiled: Command) -> None:
    """No version is made for nothing."""
    compiled("pin", "voice")
    assert "nothing changed; Loft stays at version 2" in compiled("pin", "voice").stderr


def test_history_is_the_stores(compiled: Command) -> None:
    """Version, time, origin and summary of each entry, newest first, and how many there are."""
    compiled("override", "voice.emoji_policy", "none")
    body = compiled.json("history", "--limit", "1")
    entry = versions(compiled)[0]
    assert 2 == body["total"]
    assert [
        {
            "snapshot_id": str(entry.id),
            "created_at": wire.to_text(entry.created_at),
            "diff_summary": wire.unstructure(entry.diff_summary),
            "version": 2,
            "origin": "override",
        }
    ] == body["snapshots"]
    page = compiled("history")
    assert ["2", "1"] == [line.split()[0] for line in page.stdout.splitlines()[1:]]


def test_diff_is_the_services(compiled: Command) -> None:
    """By number, by id and by default the same difference, which is the service's."""
    compiled("override", "voice.emoji_policy", "none")
    new, old = (entry.id for entry in versions(compiled))
    brand = newest_in(compiled).brand.id

    async def read(deps: Deps) -> Any:
        async with deps.store.reading() as work:
            return await diff_versions(work, brand, SnapshotId(old), SnapshotId(new))

    body = compiled.json("diff")
    assert wire.unstructure(list(with_deps(compiled, read))) == body["changes"]
    assert (
        body
        == compiled.json("diff", "1", "2")
        == compiled.json("diff", str(old), str(new))
        == compiled.json("diff", "1")
    )
    page = compiled("diff").stdout
    assert "voice.emoji_policy" in page
    assert "+ none" in page


@pytest.mark.parametrize(("args", "code"), [(("1", "9"), 3), (("0",), 3), (("x",), 2), ((), 3)])
def test_a_version_that_is_not_there(compiled: Command, args: tuple[str, ...], code: int) -> None:
    """An unknown version, no version at all, and the only version each have their sentence."""
    assert "" != compiled("diff", *args, code=code).stderr


def test_schema_is_that_of_core(command: Command) -> None:
    """It is printed for programs and for people, and the compiled snapshot obeys it."""
    assert snapshot_schema() == command.json("schema") == json.loads(command("schema").stdout)


def test_config_hides_secrets(command: Command) -> None:
    """Every setting with value and origin; no secret."""
    told = Command(folder=command.folder, env={"OPENAI_API_KEY": "sk-secret", "BRANDBRAIN_PORT": "81"})
    rows = {row["name"]: row for row in told.json("config")}
    assert {"name": "BRANDBRAIN_PORT", "value": 81, "origin": "environment"} == rows["BRANDBRAIN_PORT"]
    assert "sk-secret" not in told("config").output
    assert "sk-secret" not in json.dumps(rows)


def test_doctor_finds_nothing_wrong(compiled: Command) -> None:
    """All is well where a brand was just compiled, and the database is looked at."""
    body = compiled.json("doctor")
    assert body["ok"]
    (database,) = [check for check in body["checks"] if check["name"] == "database"]
    assert database["detail"].endswith("WAL")
    assert "everything needed is there" in compiled("doctor").stderr


def test_doctor_tells_what_is_broken(command: Command) -> None:
    """A file that is no database, a synthesizer that does not exist: code 1, and both are named."""
    (command.folder / "brandbrain.db").write_bytes(b"no database at all, but long enough" * 99)
    sick = Command(folder=command.folder, env={"BRANDBRAIN_SYNTHESIZERS": "oracle"})
    body = json.loads(sick("doctor", "--json", code=1).stdout)
    assert {"database", "synthesizers"} == {check["name"] for check in body["checks"] if check["health"] == "broken"}


def test_migrate_says_what_it_did(command: Command) -> None:
    """From nothing to this version's schema, and again nothing to do."""
    first, second = command.json("migrate"), command.json("migrate")
    assert first["after"] == second["before"] == second["after"]
    assert None is first["before"]


def test_init_writes_a_brand_file_once(command: Command) -> None:
    """It is not replaced unless that is wanted."""
    command("init", "--name", "Loft", "--web", "https://loft.example")
    assert "brand.toml exists already" in command("init", code=4).stderr
    assert {"file": str(command.folder / "brand.toml")} == command.json("init", "--force")


def test_a_fresh_brand_file_lacks_its_answers(command: Command) -> None:
    """Compiling it as it is names what is to be filled in."""
    command("init", "--web", "https://loft.example")
    result = command("compile", code=2)
    assert "tier0.what_we_do" in result.stderr
