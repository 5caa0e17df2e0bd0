"""Subtitles as people hear them: without numbers, times and marks."""

from __future__ import annotations

import re
from typing import Final

from brandbrain_core.model.json import JsonValue
from brandbrain_sources.normalise.reading import objects, text

_TIMES: Final = re.compile(r"\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->.*")
_NUMBER: Final = re.compile(r"\s*\d{1,6}\s*")
_MARK: Final = re.compile(r"</?(?:[biuc]|font|v)(?:[ .][^<>]*)?>|<\d[\d:.]*>|\{\\[^{}]*\}", re.IGNORECASE)


def spoken_words(subtitles: JsonValue) -> str | None:
    """
    Return what is said, from SRT or WebVTT: given as text, or in a list of objects with a member ``srt`` or ``vtt``.

    >>> spoken_words([{"srt": "1\\n00:00:00,500 --> 00:00:03,000\\nToday <i>we</i> set\\na poster."}])
    'Today we set a poster.'
    """
    if isinstance(subtitles, str):
        return _words(subtitles)
    for track in objects(subtitles):
        for name in ("srt", "vtt", "plaintext", "text"):
            if found := _words(track.get(name)):
                return found
    return None


def _words(value: JsonValue) -> str | None:
    found = text(value)
    if found is None:
        return None
    spoken: list[str] = []
    lines = found.lstrip("\ufeff").splitlines()
    for index, line in enumerate(lines):
        is_cue_number = _NUMBER.fullmatch(line) and index + 1 < len(lines) and _TIMES.fullmatch(lines[index + 1])
        if is_cue_number or _TIMES.fullmatch(line) or line.startswith(("WEBVTT", "NOTE ", "Kind:", "Language:")):
            continue
        said = _MARK.sub("", line).strip()
        if said and said != (spoken[-1] if spoken else None):
            spoken.append(said)
    return text(" ".join(spoken))
