"""Rows of files, the good and the bad ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.errors import InvalidFile
from brandbrain_sources.files.row import MAX_ROW, BadRow, Row
from brandbrain_sources.files.rows import read_rows

OBJECTS = st.dictionaries(
    st.text(st.characters(exclude_characters="\0\ufffd", exclude_categories=["Cs"]), min_size=1, max_size=5),
    st.one_of(
        st.none(), st.integers(-9, 9), st.text(st.characters(exclude_characters="\0\ufffd", exclude_categories=["Cs"]))
    ),
    max_size=4,
)


def rows(folder: Path, name: str, content: str | bytes) -> list[Row | BadRow]:
    """Return the rows of a file with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return list(read_rows(path))


def told(found: list[Row | BadRow]) -> list[object]:
    """Return the payloads of good rows and the texts of bad ones."""
    return [row.payload if isinstance(row, Row) else str(row) for row in found]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv", "a"])
@pytest.mark.parametrize("content", ["", "  \n\n", "\ufeff", "\0\n".replace("\0", " ")])
def test_an_empty_file_has_no_rows(tmp_path: Path, name: str, content: str) -> None:
    """Whatever it is called."""
    assert [] == rows(tmp_path, name, content)


def test_bad_lines_are_reported_and_the_good_ones_kept(tmp_path: Path) -> None:
    """With their number, blank lines counted."""
    content = '\ufeff{"a": 1}\n\n{"a": \n[1]\n{"a\0": "x\0y", "n": NaN}\r\nnull\n{"a": 2}'

    assert [
        {"a": 1},
        "line 3: it is no JSON: Expecting value at character 7",
        "line 4: it is no object",
        {"a": "xy", "n": None},
        "line 6: it is no object",
        {"a": 2},
    ] == told(rows(tmp_path, "a.jsonl", content))


def test_lines_are_recognised_by_content(tmp_path: Path) -> None:
    """Files named .json often hold lines; a single object over several lines is one item."""
    assert [{"a": 1}, {"a": 2}] == told(rows(tmp_path, "a.json", '{"a": 1}\n{"a": 2}\n'))
    assert [{"a": 1, "b": 2}] == told(rows(tmp_path, "a.json", '{\n  "a": 1,\n  "b": 2\n}\n'))


def test_a_line_that_is_too_long_costs_itself_only(tmp_path: Path) -> None:
    """It is never held in memory as a whole."""
    content = '{"a": 1}\n{"b": "' + "x" * (3 * MAX_ROW) + '"}\n{"a": 2}\n'

    assert [{"a": 1}, f"line 2: it is longer than {MAX_ROW} bytes", {"a": 2}] == told(
        rows(tmp_path, "a.jsonl", content)
    )


def test_an_array_is_read_item_by_item(tmp_path: Path) -> None:
    """Items that are no objects are reported; after a syntax error the rest is."""
    assert [{"a": 1}, "item 2: it is no object", {"a": 3}] == told(
        rows(tmp_path, "a.json", '\ufeff[{"a": 1}, 7, {"a": 3}]')
    )
    broken = told(rows(tmp_path, "a.json", '[{"a": 1}, {"a" 2}, {"a": 3}]'))
    assert [{"a": 1}, "item 2: it is no JSON: Expecting ':' delimiter; nothing after it is read"] == broken


def test_an_array_that_is_cut_off_gives_what_is_whole(tmp_path: Path) -> None:
    """A download that broke."""
    assert [{"a": 1}, "item 2: the file ends before the array does"] == told(rows(tmp_path, "a.json", '[{"a": 1},'))


def test_a_long_array_is_read_across_chunks(tmp_path: Path) -> None:
    """Many items, larger together than what is read at a time."""
    items = [{"number": number, "text": "é" * 5000} for number in range(200)]

    assert items == told(rows(tmp_path, "a.json", json.dumps(items, ensure_ascii=False)))


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 50_000, '[{"a": ' + "9" * 6000 + "}]"])
def test_depth_and_digits_without_end_do_no_harm(tmp_path: Path, content: str) -> None:
    """They are reported, or null."""
    found = rows(tmp_path, "a.json", content)

    assert 1 == len(found)
    assert isinstance(found[0], BadRow) or {"a": None} == found[0].payload


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_has_names_and_cells(tmp_path: Path, delimiter: str) -> None:
    """Cells over several lines count as one row; empty cells are absent; the line is that where the row begins."""
    lines = ["platform|text_primary|title", 'web|"two\nlines"|', "", "web|x|y|z", "web|last|t"]
    content = "\ufeff" + "\r\n".join(lines).replace("|", delimiter)

    assert [
        {"platform": "web", "text_primary": "two\nlines"},
        "line 5: it has 4 cells, and there are 3 columns",
        {"platform": "web", "text_primary": "last", "title": "t"},
    ] == told(rows(tmp_path, "a.csv", content))


def test_a_quote_that_is_never_closed_is_reported(tmp_path: Path) -> None:
    """It does not swallow what follows in silence."""
    found = told(rows(tmp_path, "a.csv", 'text_primary,title\na,b\n"open,c\nd,e\n'))

    assert [{"text_primary": "a", "title": "b"}, "line 3: it is no row of CSV: unexpected end of data"] == found


def test_a_row_of_csv_that_is_too_long_costs_itself_only(tmp_path: Path) -> None:
    """The next one is read."""
    found = told(rows(tmp_path, "a.csv", f"text_primary,title\n{'x' * (2 * MAX_ROW)},y\na,b\n"))

    assert [f"line 2: it is longer than {MAX_ROW} characters", {"text_primary": "a", "title": "b"}] == found


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jsonl", b'{"a": "\xff"}'), ("a.json", b'[{"a": "\xff"}]'), ("a.csv", b"title,text\n\xff,x\n")],
)
def test_what_is_not_utf8_is_replaced_and_noted(tmp_path: Path, name: str, content: bytes) -> None:
    """The row is kept."""
    (row,) = rows(tmp_path, name, content)

    assert isinstance(row, Row)
    assert ("\ufffd", True) == (next(iter(row.payload.values())), row.note is not None)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", "[1]".encode("utf-16")),
        ("a.txt", b"Just a letter\nto you"),
        ("a.csv", b"x,y\n1,2\n"),
        ("a.pdf", b"%PDF-1"),
    ],
)
def test_what_is_no_such_file_at_all_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    """With a reason that names the file."""
    with pytest.raises(InvalidFile, match=name):
        rows(tmp_path, name, content)


@given(items=st.lists(OBJECTS, max_size=8))
def test_all_json_formats_give_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, items: list[dict[str, object]]
) -> None:
    """An array and lines of the same objects."""
    folder = tmp_path_factory.mktemp("rows")
    array = json.dumps(items, indent=1, ensure_ascii=False)
    lines = "\n".join(json.dumps(item, ensure_ascii=True) for item in items)

    assert items == told(rows(folder, "a.json", array)) == told(rows(folder, "a.jsonl", lines))


@given(content=st.binary(max_size=200), name=st.sampled_from(["a.json", "a.jsonl", "a.csv", "a"]))
def test_no_content_breaks_the_reading(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    """Rows, or `InvalidFile`; nothing else."""
    try:
        found = rows(tmp_path_factory.mktemp("any"), name, content)
    except InvalidFile:
        return
    assert all(isinstance(row, Row | BadRow) for row in found)
