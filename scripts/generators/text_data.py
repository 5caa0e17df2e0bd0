"""
Write what core knows about emoji and about the borders between characters, from the `emoji` and `regex` libraries.

Core itself depends on neither: it reads the two files written here, so that every installation counts alike,
whatever version of Unicode its Python knows. The one argument is the folder to write into.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import emoji
import regex

LEXICONS = Path("packages/brandbrain-core/src/brandbrain_core/lexicons")
VARIATION_SELECTOR = "\ufe0f"
CLASSES = {
    "word_mark": r"(?V1)[\p{M}&&[\u0300-\uFDFF\uFE20-\uFFFF]--\u20E3]",
    "control": r"[\p{GCB=Control}\p{GCB=CR}\p{GCB=LF}]",
    "extend": r"\p{GCB=Extend}",
    "spacing": r"\p{GCB=SpacingMark}",
    "prepend": r"\p{GCB=Prepend}",
    "pictographic": r"\p{ExtPict}",
    "hangul_l": r"\p{GCB=L}",
    "hangul_v": r"\p{GCB=V}",
    "hangul_t": r"\p{GCB=T}",
    "conjunct_consonant": r"\p{InCB=Consonant}",
    "conjunct_linker": r"\p{InCB=Linker}",
    "conjunct_extend": r"\p{InCB=Extend}",
}


def emoji_data() -> dict[str, object]:
    """Return every emoji sequence; those that lack a variation selector apart, since they have a fuller form."""
    statuses = {text: entry["status"] for text, entry in emoji.EMOJI_DATA.items()}
    lesser = {emoji.STATUS["minimally_qualified"], emoji.STATUS["unqualified"]}
    return {
        "version": f"emoji {version('emoji')}",
        "qualified": " ".join(sorted(text for text, status in statuses.items() if status not in lesser)),
        "unqualified": " ".join(sorted(text for text, status in statuses.items() if status in lesser)),
    }


def ranges(belongs: Callable[[str], object]) -> str:
    """Return the code points for which *belongs* is true, as ranges in hexadecimal."""
    found: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if belongs(chr(code)):
            if found and found[-1][1] == code - 1:
                found[-1][1] = code
            else:
                found.append([code, code])
    return " ".join(f"{first:x}" if first == last else f"{first:x}-{last:x}" for first, last in found)


def character_data() -> dict[str, object]:
    """Return the classes of characters that decide where one ends, by their names in Unicode's UAX 29."""
    return {
        "version": f"regex {version('regex')}",
        **{name: ranges(regex.compile(pattern).match) for name, pattern in CLASSES.items()},
    }


def main(root: Path) -> None:
    """Write the files under *root*."""
    folder = root / LEXICONS
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (("emoji", emoji_data()), ("characters", character_data())):
        text = json.dumps(data, ensure_ascii=name == "characters", indent=1, sort_keys=True)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
