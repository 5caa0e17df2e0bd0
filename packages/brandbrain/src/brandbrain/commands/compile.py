"""`brandbrain compile`."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from brandbrain.brand_choice import NoBrand
from brandbrain.declaration import Declaration, Flags, declare
from brandbrain.declaring import carry_over
from brandbrain.inline import Compiled, compile_here
from brandbrain.invocation import Invocation, brand_option, include_option, invoked
from brandbrain.planning import plan_of
from brandbrain.progress import ProgressLine
from brandbrain.stored import Newest, newest_of
from brandbrain.views.snapshot import summary
from brandbrain.views.sources import source_lines
from brandbrain.wiring import NoDatabase, opened
from brandbrain_core.bodies import includes, latest_body
from brandbrain_core.errors import CompileFailed, InvalidInput
from brandbrain_core.model.brand import Brand
from brandbrain_core.model.reports import RunReport
from brandbrain_core.model.run import RunStatus
from brandbrain_core.services.deps import Deps


class NothingToCompile(InvalidInput):
    """Nothing says what to compile, and nothing is stored."""

    code = "nothing_to_compile"

    def __str__(self) -> str:
        return (
            "Nothing says what to compile: there is no ./brand.toml (`brandbrain init` writes one), no flag, "
            "and no brand in the database"
        )


@click.command()
@click.argument("brand_file", metavar="[BRAND_FILE]", required=False, type=click.Path(path_type=Path))
@brand_option
@click.option("--name", metavar="TEXT", help="Name of the brand; made if there is none of this name.")
@click.option("--web", multiple=True, metavar="URL", help="A site to crawl. Repeatable.")
@click.option(
    "--file",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="JSON, JSONL or CSV with posts; its accounts become sources. Repeatable.",
)
@click.option(
    "--answers", metavar="FILE", type=click.Path(path_type=Path), help="Answers by question id, TOML or JSON."
)
@click.option("--force", is_flag=True, help="Collect every source anew.")
@include_option
@invoked()
def compile(  # noqa: A001  the command is called so
    call: Invocation,
    brand_file: Path | None,
    wanted: str | None,
    name: str | None,
    web: tuple[str, ...],
    files: tuple[Path, ...],
    answers: Path | None,
    force: bool,
    include: str,
) -> None:
    """
    Compile a brand into its next snapshot, right here.

    What to compile is said by BRAND_FILE (./brand.toml, if it is there and nothing else is said), by flags, or by
    both. Answers that are given replace the stored ones; sources of flags are added; a brand file names all sources
    of its brand, others are disabled.

    \b
    brandbrain compile brand.toml
    brandbrain compile --web https://example.org --answers answers.toml
    brandbrain compile --file posts.jsonl --answers answers.toml --json
    """
    if wanted is not None and name is not None:
        raise click.UsageError("Give --brand for a brand that is there, or --name for a new one; not both.")
    flags = Flags(brand_file=brand_file, name=name, web=web, files=files, answers=answers)
    said = declare(flags, call.around.folder)
    try:
        with terminating():
            asyncio.run(_compile(call, said, wanted, force, include))
    except (NoDatabase, NoBrand):
        if said.is_empty and wanted is None:
            raise NothingToCompile from None
        raise


@contextmanager
def terminating() -> Iterator[None]:
    """Let SIGTERM stop the work as Ctrl-C does, so that the job is handed back."""

    def interrupt(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


async def _compile(call: Invocation, said: Declaration, wanted: str | None, force: bool, include: str) -> None:
    around = call.around
    plan = plan_of(call.settings, clock=around.clock, env=around.env, given=said.given)
    async with opened(call.settings, clock=around.clock, ids=around.ids, plan=plan, create=not said.is_empty) as deps:
        for problem in said.problems:
            call.note(f"warning: {problem}", style="yellow")
        declared = await carry_over(deps, said, wanted)
        for source in declared.disabled:
            call.note(f"disabled {source.name} {source.identifier}: the brand file does not name it", style="yellow")
        with ProgressLine(call.err) as line:
            done = await compile_here(deps, declared.brand.id, force=force, watch=line.show)
        await _tell(call, deps, declared.brand, done, said.problems, include)


async def _tell(
    call: Invocation, deps: Deps, brand: Brand, done: Compiled, known: tuple[str, ...], include: str
) -> None:
    report = done.run.report if done.run else None
    if report is not None:
        _tell_sources(call, report, known)
    _raise_if_failed(done)
    async with deps.store.reading() as work:
        found = await newest_of(work, brand)
    for sentence in found.snapshot.meta.missing_inputs:
        call.note(f"missing: {sentence}", style="dim")
    if done.is_unchanged:
        call.note(f"UNCHANGED: version {found.stored.version} is up to date")
    _print(call, found, include)


def _tell_sources(call: Invocation, report: RunReport, known: tuple[str, ...]) -> None:
    for line, is_bad in source_lines(report.evidence_status, known):
        call.note(line, style="yellow" if is_bad else "dim")


def _raise_if_failed(done: Compiled) -> None:
    run, job = done.run, done.job
    if run is None or run.status is RunStatus.SUCCEEDED:
        return
    if run.status is RunStatus.FAILED:
        raise CompileFailed(f"The compile failed: {run.error or 'nobody knows why'}")
    why = (job.last_error if job else None) or "nobody knows why"
    when = (
        f"; attempt {job.attempts + 1} of {job.max_attempts} may be made from {job.available_at:%H:%M:%S} UTC"
        if job
        else ""
    )
    raise CompileFailed(f"This attempt failed: {why}{when}", True)


def _print(call: Invocation, found: Newest, include: str) -> None:
    if call.as_json:
        click.echo(latest_body(found.stored, found.report, includes(include)))
    else:
        call.show(*summary(found.brand.name, found.stored, found.snapshot))
        call.note("brandbrain show prints all of it; --field PATH explains one field", style="dim")
