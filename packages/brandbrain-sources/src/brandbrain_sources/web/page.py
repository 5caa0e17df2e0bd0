"""
From HTML to one raw item of the shape ``web_page``.

Its members: ``url`` (asked for), ``loaded_url``, ``http_status``, ``canonical_url``, ``title``, ``description``,
``author``, ``language``, ``text``, ``open_graph`` (by property), ``json_ld`` (a list), ``links`` (``same_site``,
``below`` and ``headings``: counts) and ``headers`` (those that say something about the page). What is unknown is
absent.
"""

from __future__ import annotations

import logging
import re
from typing import Final
from urllib.parse import urljoin

import attrs
import trafilatura
from selectolax.lexbor import LexborHTMLParser

from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_sources.plain_json import parsed_json, plain_json
from brandbrain_sources.web.charsets import decoded
from brandbrain_sources.web.fetching import Fetched
from brandbrain_sources.web.links import base_of, below, heading_links_of, links_of

SHAPE: Final = "web_page"

_log: Final = logging.getLogger(__name__)
_CAREFUL_BELOW: Final = 1_000_000
_MAX_TEXT: Final = 200_000
_MAX_STRING: Final = 4_000
_MAX_SCRIPTS: Final = 50
_MAX_SCRIPT: Final = 262_144
_ENOUGH_TEXT: Final = 200
_NOT_TEXT: Final = "script, style, noscript, template, nav, footer, aside, form, iframe, svg, button, select, dialog"
_AROUND: Final = (
    "[role=navigation], [role=contentinfo], [role=complementary], [role=search], [role=dialog], [role=alertdialog], "
    "[hidden], [aria-hidden=true], [class*=cookie i], [id*=cookie i], [class*=consent i], [id*=consent i]"
)
_LARGEST_AROUND: Final = 2_000
_HEADERS: Final = ("content-type", "content-language", "last-modified", "x-robots-tag")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_BREAKS: Final = re.compile(r"\s*\n\s*")


@attrs.frozen(kw_only=True)
class Page:
    """A page as a raw item, and the pages of the same site that it links to."""

    payload: JsonObject
    links: tuple[str, ...]


def read_page(fetched: Fetched, url: str) -> Page:
    """
    Return the page that was *fetched* when *url* was asked for.

    Burns the processor for up to a second; call it off the event loop. Broken HTML gives what can be read of it.
    """
    html = decoded(fetched.body, fetched.content_type).replace("\0", "")
    tree = LexborHTMLParser(html)
    links = links_of(tree, fetched.url)
    payload: dict[str, JsonValue] = {
        "url": url,
        "loaded_url": fetched.url,
        "http_status": fetched.status,
        "canonical_url": _canonical(tree, fetched.url),
        "title": _text(tree, "head title") or _text(tree, "title"),
        "description": _meta(tree, "description"),
        "author": _meta(tree, "author"),
        "language": _language(tree, fetched),
        "open_graph": _open_graph(tree),
        "json_ld": _json_ld(tree),
        "links": {
            "same_site": len(links),
            "below": len(below(fetched.url, links)),
            "headings": len(heading_links_of(tree, fetched.url)),
        },
        "headers": {name: fetched.headers[name] for name in _HEADERS if name in fetched.headers},
    }
    payload["text"] = _main_text(html, tree)
    known = {name: value for name, value in payload.items() if value not in (None, "")}
    return Page(payload=plain_json(known), links=links)


def _main_text(html: str, tree: LexborHTMLParser) -> str:
    """Return the text of the page's subject; of a page that has little of it, all that is not plainly around it."""
    main = _extracted(html) if len(html) < _CAREFUL_BELOW else ""
    if len(main) < _ENOUGH_TEXT:
        whole = _whole_text(tree)
        main = whole if len(whole) > len(main) else main
    return main[:_MAX_TEXT]


def _extracted(html: str) -> str:
    try:
        return (trafilatura.extract(html, include_comments=False, with_metadata=False) or "").strip()
    except Exception:  # noqa: BLE001 - hostile HTML may raise anything in there; the page is read another way then
        _log.warning("The main text of a page could not be told; its whole text is used")
        return ""


def _whole_text(tree: LexborHTMLParser) -> str:
    body = tree.css_first("main, [role=main]") or tree.body
    if body is None:
        return ""
    for node in body.css(_NOT_TEXT):
        node.decompose()
    for node in body.css(_AROUND):
        if len(node.text()) <= _LARGEST_AROUND:
            node.decompose()
    text = _BLANKS.sub(" ", body.text(separator="\n"))
    return _BREAKS.sub("\n", text).strip()


def _text(tree: LexborHTMLParser, selector: str) -> str | None:
    node = tree.css_first(selector)
    return " ".join(node.text().split())[:_MAX_STRING] if node is not None else None


def _meta(tree: LexborHTMLParser, name: str) -> str | None:
    node = tree.css_first(f'meta[name="{name}" i]')
    return (node.attributes.get("content") or "").strip()[:_MAX_STRING] if node is not None else None


def _canonical(tree: LexborHTMLParser, url: str) -> str | None:
    node = tree.css_first('link[rel~="canonical" i][href]')
    href = (node.attributes.get("href") or "").strip() if node is not None else ""
    try:
        return urljoin(base_of(tree, url), href)[:_MAX_STRING] if href else None
    except ValueError:
        return None


def _language(tree: LexborHTMLParser, fetched: Fetched) -> str | None:
    node = tree.css_first("html[lang]")
    lang = (node.attributes.get("lang") or "").strip() if node is not None else ""
    return (lang or fetched.headers.get("content-language", "").strip())[:35]


def _open_graph(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[property][content], meta[name][content]"):
        name = (node.attributes.get("property") or node.attributes.get("name") or "").strip().lower()
        if name.startswith(("og:", "article:")):
            found.setdefault(name[:100], (node.attributes.get("content") or "").strip()[:_MAX_STRING])
    return found


def _json_ld(tree: LexborHTMLParser) -> list[JsonValue]:
    found: list[JsonValue] = []
    for node in tree.css('script[type="application/ld+json" i]')[:_MAX_SCRIPTS]:
        script = node.text()
        try:
            value = parsed_json(script) if len(script) <= _MAX_SCRIPT else None
        except ValueError:
            continue
        if isinstance(value, dict | list):
            found.append(value)
    return found
