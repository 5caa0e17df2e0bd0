"""
Bodies of the contract that carry a snapshot: rendered around its stored text, which is never parsed for it.

The command and the HTTP API give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from brandbrain_core import wire
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.stored_snapshot import StoredSnapshot
from brandbrain_core.model.views import LatestView

_PARTS: Final[Mapping[str, str]] = {"evidence": "evidence_status", "qa": "qa_report", "bundle": "bundle_summary"}
INCLUDES = frozenset(_PARTS)
"""What may be added to the latest snapshot; ``full`` means all of them."""

_SCAN: Final = json.JSONDecoder().raw_decode
"""Reads a JSON value at a place in a text, and tells where it ends."""


def includes(asked: str) -> frozenset[str]:
    """
    Return what a comma list asks for: trimmed, in any case, unknown names ignored.

    >>> sorted(includes(" QA, bundle,nonsense"))
    ['bundle', 'qa']
    >>> includes("full") == INCLUDES
    True
    """
    names = {name.strip().lower() for name in asked.split(",")}
    return INCLUDES if "full" in names else INCLUDES & names


@attrs.frozen
class Enclosed:
    """
    A body round the stored text of a snapshot; `str` or `encode` makes it whole.

    *before* and *after* name the snapshot, whose text never changes: where they are the same, so is the body.
    """

    before: str
    document: bytes
    after: str

    def __str__(self) -> str:
        return self.encode().decode()

    def encode(self) -> bytes:
        """Return it in UTF-8."""
        return b"".join((self.before.encode(), self.document, self.after.encode()))


def latest_body(
    snapshot: StoredSnapshot | LatestView, report: RunReport | str | None = None, include: Collection[str] = ()
) -> Enclosed:
    """
    Return the body of the latest snapshot as JSON text.

    Args:
        snapshot: The newest version.
        report: Of the run that made it, or its JSON text as `brandbrain_core.wire` writes it; None: the run is gone.
        include: Any of `INCLUDES`; each is added only if it is there.
    """
    run, document = snapshot.compile_run_id, snapshot.document
    return Enclosed(
        before=f'{{"snapshot_id":{id_text(snapshot.id)},"brand_id":{id_text(snapshot.brand_id)},"snapshot_json":',
        document=document.encode() if isinstance(document, str) else document,
        after="".join(
            (
                f',"created_at":{time_text(snapshot.created_at)}',
                "" if run is None else f',"compile_run_id":{id_text(run)}',
                *(f',"{name}":{text}' for name, text in _added(report, include)),
                "}",
            )
        ),
    )


def report_parts(report: RunReport | str, wanted: Collection[str]) -> Mapping[str, str]:
    """Return the JSON text of each wanted member that a report has, by name; the report may be JSON text itself."""
    return cut_out(report if isinstance(report, str) else wire.dumps(report), wanted)


def cut_out(text: str, wanted: Collection[str]) -> Mapping[str, str]:
    """
    Return the wanted members of an object in canonical JSON, each as the text that stands there, by name.

    What is cut out of canonical text is canonical, so that it need not be written anew.

    >>> cut_out('{"a":[1,{"b":2}],"b":"}","c":3}', ["b", "a", "z"])
    {'a': '[1,{"b":2}]', 'b': '"}"'}
    """
    found: dict[str, str] = {}
    at = 1
    while at < len(text) - 1 and len(found) < len(wanted):
        name, colon = _SCAN(text, at)
        _, end = _SCAN(text, colon + 1)
        if name in wanted:
            found[name] = text[colon + 1 : end]
        at = end + 1
    return found


def id_text(id_: UUID) -> str:
    """Return an id as JSON text."""
    return f'"{id_}"'


def time_text(moment: datetime) -> str:
    """Return a moment as JSON text, as `brandbrain_core.wire.to_text` has it."""
    return f'"{wire.to_text(moment)}"'


def _added(report: RunReport | str | None, include: Collection[str]) -> Iterable[tuple[str, str]]:
    if report is None or not include:
        return
    yield from report_parts(report, [name for asked, name in _PARTS.items() if asked in include]).items()
