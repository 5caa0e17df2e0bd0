"""How far a compile is, on stderr: one line that changes on a terminal, else one line for each step."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status

from brandbrain import local_worker
from brandbrain.words import STAGES
from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.model.run import CompileRun, Stage


class ProgressLine:
    """
    Shows a run again and again.

    Args:
        console: Where to; None: nowhere.
    """

    def __init__(self, console: Console | None) -> None:
        self._console = console
        self._shown = ""
        self._status: Status | None = None

    def __enter__(self) -> Self:
        if self._console is not None and self._console.is_terminal:
            self._status = self._console.status("starting")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def show(self, run: CompileRun, job: Job) -> None:
        """Show where the run is, if that is news."""
        text = step(run, job)
        if self._console is None or text is None or text == self._shown:
            return
        self._shown = text
        if self._status is not None:
            self._status.update(text)
        else:
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def step(run: CompileRun, job: Job) -> str | None:
    """Return where a run is, in words; None: it has ended, or not begun."""
    if job.status is JobStatus.PENDING:
        at = f"{job.available_at:%H:%M:%S} UTC"
        return f"waiting for attempt {job.attempts + 1} at {at}" if job.attempts else "waiting for its turn"
    if job.status is not JobStatus.RUNNING or run.progress is None:
        return None
    text = STAGES[run.progress.stage]
    if run.progress.stage is Stage.INGESTION:
        text = f"{text}: {run.progress.sources_completed} of {run.progress.sources_total} sources"
    if job.locked_by != local_worker.name():
        text = f"{text} (another process, {job.locked_by}, is at it)"
    return text
