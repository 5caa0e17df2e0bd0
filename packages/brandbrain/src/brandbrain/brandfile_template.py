"""The brand file that `brandbrain init` writes: every question, with what a good answer looks like."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Final

from brandbrain_core.model.platform import SUPPORTED
from brandbrain_core.questions import CATALOGUE, AnswerType, Need, Question

_WIDTH: Final = 96

_EMPTY: Final = {
    AnswerType.STRING: '""',
    AnswerType.ENUM: '""',
    AnswerType.STRINGS: "[]",
    AnswerType.CLAIMS: '[{ claim = "", support = "" }]',
    AnswerType.PLATFORM_RULES: '{ instagram = { cadence_per_week = 2, hashtag_policy = { usage = "minimal" } } }',
}
_NEEDS: Final = {Need.REQUIRED: "required", Need.ADVISED: "advised", Need.OPTIONAL: "optional"}


def brand_file(*, name: str, website_url: str | None) -> str:
    """Return the text of a brand file to fill in."""
    return "\n".join(_lines(name, website_url)) + "\n"


def _lines(name: str, website_url: str | None) -> Iterator[str]:
    yield "# A brand file: what a brand answers about itself, and where its evidence lies."
    yield "# Fill it in, then run: brandbrain compile"
    yield ""
    yield f"name = {json.dumps(name, ensure_ascii=False)}"
    yield f"website_url = {json.dumps(website_url)}" if website_url else '# website_url = "https://example.org/"'
    yield ""
    yield "[answers]"
    for question in CATALOGUE:
        yield ""
        yield from _question(question)
    yield ""
    yield from _sources(website_url)


def _question(question: Question) -> Iterator[str]:
    yield from _comment(f"{question.label} ({_NEEDS[question.need]}) {question.help}")
    if question.options:
        yield from _comment(
            f"One of: {', '.join(question.options)}."
            if question.type is AnswerType.ENUM
            else f"Any of: {', '.join(question.options)}."
        )
    line = f'"{question.id}" = {_EMPTY[question.type]}'
    yield line if question.need is Need.REQUIRED else f"# {line}"


def _sources(website_url: str | None) -> Iterator[str]:
    yield from _comment("Sources: a site to crawl, an account, or an exported file. At least one is needed.")
    yield from _comment("Without a file, a source is collected, as far as this installation can.")
    yield from _comment("Kinds: " + ", ".join(f"{platform}/{capability}" for platform, capability in SUPPORTED) + ".")
    yield ""
    hide = "" if website_url else "# "
    yield f"{hide}[[sources]]"
    yield f'{hide}platform = "web"'
    yield f'{hide}capability = "crawl_pages"'
    yield f"{hide}identifier = {json.dumps(website_url or 'https://example.org/')}"
    yield ""
    yield "# [[sources]]"
    yield '# platform = "instagram"'
    yield '# capability = "posts"'
    yield '# identifier = "@example"'
    yield '# file = "posts.json"    # relative to this file'


def _comment(text: str) -> Iterator[str]:
    for line in textwrap.wrap(text, _WIDTH):
        yield f"# {line}"
