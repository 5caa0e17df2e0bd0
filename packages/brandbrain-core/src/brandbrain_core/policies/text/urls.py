"""
Web addresses in a text: with a scheme, with ``www.``, or a bare host whose ending is one that brands use.

Source:
    The endings are in ``lexicons/web_names.toml``; what is taken for an address is described in
    ``docs/decisions/0010-text-recognition-in-core.md``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from brandbrain_core.policies.data_files import read_toml

_REST: Final = r"[^\s<>\"“”„«»‹›。，、！？）】」』\u200b]"
_CANDIDATE: Final = re.compile(
    rf"(?<![\w@./-])(?:(?P<full>https?://[\w\[]{_REST}*+|www\.\w{_REST}*+)"
    rf"|(?P<host>\w[\w-]*+(?:\.[\w-]++)++\.?+)(?P<rest>(?::[0-9]{{1,5}}+)?+(?:[/?]{_REST}*+)?+)(?!@))",
    re.IGNORECASE,
)
_CLOSERS: Final = {")": "(", "]": "[", "}": "{"}
_PUNCTUATION: Final = frozenset(".,;:!?'’‘\"…*_~|\\")


def urls(text: str) -> list[str]:
    """
    Return the web addresses in *text* as they are written, in order, without the punctuation after them.

    >>> urls("Read sol.example.com/menu, (https://sol.example/a_(b)) or write to me@sol.com.")
    ['sol.example.com/menu', 'https://sol.example/a_(b)']
    """
    return [text[start:end] for start, end in _spans(text)]


def without_urls(text: str) -> str:
    """Return *text* with a space in place of each character of a web address; all others keep their place."""
    found = _spans(text)
    if not found:
        return text
    parts: list[str] = []
    position = 0
    for start, end in found:
        parts += (text[position:start], " " * (end - start))
        position = end
    return "".join([*parts, text[position:]])


@lru_cache(maxsize=32)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    if "." not in text and "://" not in text:
        return ()
    found: list[tuple[int, int]] = []
    for match in _CANDIDATE.finditer(text):
        end = match.start() + len(_without_punctuation(match[0]))
        if match["full"] is not None or _is_host(match["host"], has_path="/" in match["rest"]):
            found.append((match.start(), end))
    return tuple(found)


def _without_punctuation(url: str) -> str:
    """Return *url* without punctuation at its end; a bracket stays if it was opened within."""
    surplus = {closer: url.count(closer) - url.count(opener) for closer, opener in _CLOSERS.items()}
    end = len(url)
    while end and (url[end - 1] in _PUNCTUATION or surplus.get(url[end - 1], 0) > 0):
        if url[end - 1] in surplus:
            surplus[url[end - 1]] -= 1
        end -= 1
    return url[:end]


def _is_host(host: str, *, has_path: bool) -> bool:
    """Tell whether a bare *host* ends as hosts do; an ending that is also a word needs a path after it."""
    at_once, before_path = _endings()
    ending = host.removesuffix(".").rpartition(".")[2]
    return ending in at_once or (has_path and ending in before_path)


@cache
def _endings() -> tuple[frozenset[str], frozenset[str]]:
    listed = read_toml("web_names")
    return frozenset(listed["at_once"].split()), frozenset(listed["before_path"].split())
