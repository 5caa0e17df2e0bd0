"""
Bodies of the contract that carry a snapshot: rendered around its stored text, which is never parsed for it.

The command and the HTTP API give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from brandbrain_core import wire
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.stored_snapshot import StoredSnapshot
from brandbrain_core.policies.canonical import canonical

_PARTS: Final[Mapping[str, str]] = {"evidence": "evidence_status", "qa": "qa_report", "bundle": "bundle_summary"}
INCLUDES = frozenset(_PARTS)
"""What may be added to the latest snapshot; ``full`` means all of them."""


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


def latest_body(snapshot: StoredSnapshot, report: RunReport | str | None = None, include: Collection[str] = ()) -> str:
    """
    Return the body of the latest snapshot as JSON text.

    Args:
        snapshot: The newest version.
        report: Of the run that made it, or its JSON text as `brandbrain_core.wire` writes it; None: the run is gone.
        include: Any of `INCLUDES`; each is added only if it is there.
    """
    members = [
        ("snapshot_id", json.dumps(str(snapshot.id))),
        ("brand_id", json.dumps(str(snapshot.brand_id))),
        ("snapshot_json", snapshot.document),
        ("created_at", json.dumps(wire.to_text(snapshot.created_at))),
    ]
    if snapshot.compile_run_id is not None:
        members.append(("compile_run_id", json.dumps(str(snapshot.compile_run_id))))
    return "{" + ",".join(f'"{name}":{text}' for name, text in [*members, *_added(report, include)]) + "}"


def report_parts(report: RunReport | str, wanted: Collection[str]) -> Mapping[str, str]:
    """Return the JSON text of each wanted member that a report has, by name; the report may be JSON text itself."""
    members = json.loads(report) if isinstance(report, str) else wire.unstructure(report)
    return {name: canonical(members[name]) for name in wanted if name in members}


def _added(report: RunReport | str | None, include: Collection[str]) -> Iterable[tuple[str, str]]:
    if report is None or not include:
        return
    yield from report_parts(report, [name for asked, name in _PARTS.items() if asked in include]).items()
