"""Brand files and answers files."""

from __future__ import annotations

from pathlib import Path

import pytest

from brandbrain.brandfile import read_answers, read_brand_file
from brandbrain.brandfile_template import brand_file
from brandbrain_core.errors import InvalidFile
from brandbrain_core.questions import CATALOGUE, Need


def written(folder: Path, text: str, name: str = "brand.toml") -> Path:
    """Write a file and return it."""
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_a_brand_file_is_read_whole(tmp_path: Path) -> None:
    """Name, answers and sources are there, and relative paths know where they start."""
    text = """
        name = "Loft"
        [answers]
        "tier0.what_we_do" = "We mend sails."
        [[sources]]
        platform = "web"
        capability = "crawl_pages"
        identifier = "https://loft.example"
        folder = "site"
    """
    found = read_brand_file(written(tmp_path, text))
    assert ("Loft", {"tier0.what_we_do": "We mend sails."}, tmp_path) == (found.name, found.answers, found.folder)
    assert [("web", "site")] == [(source.platform, source.folder) for source in found.sources]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name = 'x'\ncolour = 'red'", "colour"),
        ("name = 3", "name must be str, not int"),
        ("name = ' '", "must not be blank"),
        ("[answers]", "name"),
        ("name = ", "TOML"),
        ("name = 'x'\nfolder = 'y'", "folder belongs to a source"),
        ("name = 'x'\n[[sources]]\nplatform = 'web'", "capability"),
    ],
)
def test_a_wrong_brand_file_says_why(tmp_path: Path, text: str, why: str) -> None:
    """Unknown keys, wrong types and missing members are named, with the file."""
    with pytest.raises(InvalidFile) as caught:
        read_brand_file(written(tmp_path, text))
    assert why in str(caught.value)
    assert "brand.toml" in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """A file that is not there is no traceback."""
    with pytest.raises(InvalidFile, match="no such file"):
        read_brand_file(tmp_path / "brand.toml")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", '"tier0.who_for" = "Sailors"'),
        ("a.toml", '[answers]\n"tier0.who_for" = "Sailors"'),
        ("a.toml", "[tier0]\nwho_for = 'Sailors'"),
        ("a.json", '{"tier0.who_for": "Sailors"}'),
        ("a.json", '{"answers": {"tier0": {"who_for": "Sailors"}}}'),
    ],
)
def test_answers_may_be_nested(tmp_path: Path, name: str, text: str) -> None:
    """TOML and JSON, flat and by tier, with or without a table of answers, say the same."""
    assert {"tier0.who_for": "Sailors"} == read_answers(written(tmp_path, text, name))


@pytest.mark.parametrize(("name", "text"), [("a.json", "[]"), ("a.json", "{"), ("a.toml", "x =")])
def test_wrong_answers_files_are_refused(tmp_path: Path, name: str, text: str) -> None:
    """What is no object of answers is no answers file."""
    with pytest.raises(InvalidFile, match=name):
        read_answers(written(tmp_path, text, name))


def test_the_template_is_a_brand_file_that_asks_everything(tmp_path: Path) -> None:
    """What `init` writes can be read, has the required answers open, and names every question."""
    text = brand_file(name='A "loft"', website_url="https://loft.example")
    found = read_brand_file(written(tmp_path, text))
    assert 'A "loft"' == found.name
    assert {q.id: "" for q in CATALOGUE if q.need is Need.REQUIRED} == found.answers
    assert ["https://loft.example"] == [source.identifier for source in found.sources]
    assert [] == [question.id for question in CATALOGUE if question.id not in text]


def test_the_template_without_comments_can_be_read_too(tmp_path: Path) -> None:
    """Every example line that is commented out is right where somebody removes the sign before it."""
    lines = brand_file(name="Loft", website_url=None).splitlines()
    bare = [
        line.removeprefix("# ")
        if line.startswith(
            ('# "', "# [", "# platform", "# cap", "# ident", "# file", "# website", "# cadence", "# hashtag")
        )
        else line
        for line in lines
    ]
    found = read_brand_file(written(tmp_path, "\n".join(bare)))
    assert {question.id for question in CATALOGUE} <= found.answers.keys()
    assert 2 == len(found.sources)
