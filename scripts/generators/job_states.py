"""Draw the states of a job, and list its transitions, from the table that the code looks them up in."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from xml.sax.saxutils import escape

from brandbrain_core.model.job import JobStatus
from brandbrain_core.policies.transitions import ENDED, RUN_STATUS, TRANSITIONS

FOLDER = "docs/explanation/generated"
WIDTH, HEIGHT = 150, 52
PLACES = {
    JobStatus.PENDING: (110, 150),
    JobStatus.RUNNING: (420, 150),
    JobStatus.SUCCEEDED: (730, 60),
    JobStatus.FAILED: (730, 250),
}
BENDS = {
    (JobStatus.PENDING, JobStatus.RUNNING): (265, 120),
    (JobStatus.RUNNING, JobStatus.PENDING): (265, 225),
    (JobStatus.PENDING, JobStatus.FAILED): (330, 330),
    (JobStatus.FAILED, JobStatus.PENDING): (330, 420),
}
"""Through which point an arrow bends; without one it is straight."""


def edges() -> dict[tuple[JobStatus, JobStatus], list[str]]:
    """Return the events by the pair of states that they lead from and to."""
    found: defaultdict[tuple[JobStatus, JobStatus], list[str]] = defaultdict(list)
    for (status, event), after in TRANSITIONS.items():
        found[status, after].append(event.value.replace("_", " "))
    return dict(found)


def arrow(pair: tuple[JobStatus, JobStatus], events: list[str]) -> str:
    """Return an arrow with its events beside it."""
    before, after = pair
    if before is after:
        x, y = PLACES[before]
        top = y - HEIGHT // 2
        path = f"M {x - 28} {top} C {x - 50} {top - 60}, {x + 50} {top - 60}, {x + 28} {top}"
        at = (x, top - 58 - 15 * (len(events) - 1))
    else:
        (x0, y0), (x1, y1) = PLACES[before], PLACES[after]
        bend = BENDS.get(pair, ((x0 + x1) // 2, (y0 + y1) // 2))
        start, end = edge_point((x0, y0), bend), edge_point((x1, y1), bend)
        path = f"M {start[0]} {start[1]} Q {bend[0]} {bend[1]} {end[0]} {end[1]}"
        at = ((start[0] + 2 * bend[0] + end[0]) // 4, (start[1] + 2 * bend[1] + end[1]) // 4 - 8)
    lines = "".join(f'<tspan x="{at[0]}" dy="{15 if n else 0}">{escape(e)}</tspan>' for n, e in enumerate(events))
    return (
        f'<path d="{path}" fill="none" stroke="#445" stroke-width="1.5" marker-end="url(#tip)"/>\n'
        f'<text x="{at[0]}" y="{at[1]}" class="event">{lines}</text>'
    )


def edge_point(centre: tuple[int, int], towards: tuple[int, int]) -> tuple[int, int]:
    """Return where the line from a box's centre to a point leaves the box."""
    dx, dy = towards[0] - centre[0], towards[1] - centre[1]
    scale = min(WIDTH / 2 / abs(dx) if dx else 9e9, HEIGHT / 2 / abs(dy) if dy else 9e9)
    return round(centre[0] + dx * scale), round(centre[1] + dy * scale)


def box(status: JobStatus) -> str:
    """Return a state, with what users see of it."""
    x, y = PLACES[status]
    fill = "#eef1f6" if status not in ENDED else "#e4f1e7" if status is JobStatus.SUCCEEDED else "#f7e7e5"
    return (
        f'<rect x="{x - WIDTH // 2}" y="{y - HEIGHT // 2}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{fill}"'
        f' stroke="#445"/>\n<text x="{x}" y="{y - 3}" class="state">{status.value}</text>\n'
        f'<text x="{x}" y="{y + 15}" class="run">run: {RUN_STATUS[status].value}</text>'
    )


def drawing() -> str:
    """Return the SVG."""
    parts = [arrow(pair, events) for pair, events in edges().items()] + [box(status) for status in JobStatus]
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 370" font-family="sans-serif" role="img">',
            "<title>The states of a job</title>",
            (
                '<defs><marker id="tip" markerWidth="9" markerHeight="9" refX="8" refY="4" orient="auto">'
                '<path d="M0,0 L9,4 L0,8 z" fill="#445"/></marker></defs>'
            ),
            (
                "<style>text{text-anchor:middle;fill:#223}.state{font-size:15px;font-weight:bold}.run{font-size:11px}"
                ".event{font-size:13px;paint-order:stroke;stroke:#fff;stroke-width:5px}</style>"
            ),
            '<rect width="840" height="370" fill="#fff"/>',
            *parts,
            "</svg>\n",
        ]
    )


def table() -> str:
    """Return the transitions as a Markdown table."""
    rows = [f"| {status.value} | {event.value} | {after.value} |" for (status, event), after in TRANSITIONS.items()]
    return "\n".join(["| a job that is | at the event | becomes |", "|---|---|---|", *rows]) + "\n"


def main(root: Path) -> None:
    """Write the drawing and the table below *root*."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job-states.svg").write_text(drawing(), "utf-8")
    (folder / "job-transitions.inc").write_text(table(), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
