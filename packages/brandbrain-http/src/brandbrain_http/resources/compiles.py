"""``/api/brands/{brand_id}/brandbrain/compile``: kick off, look, list, cancel. Nothing is ever compiled inline."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from brandbrain_core.ids import BrandId, RunId
from brandbrain_core.model.views import RunView
from brandbrain_core.services import runs
from brandbrain_core.services.kickoff import Kickoff, kick_off
from brandbrain_http.answers import body_of, done, found, found_snapshot
from brandbrain_http.call import Call
from brandbrain_http.endpoint import Endpoint
from brandbrain_http.existing import brand_first, brand_of
from brandbrain_http.openapi.operation import CURSOR, INVALID_JSON, PAGE, PAGE_SIZE, Answer, Operation, Tag
from brandbrain_http.paging import cursor_of, cut, page_of, uuid_cursor
from brandbrain_http.reading import id_of, object_of
from brandbrain_http.rendering import TERMINAL, retry_after, status_body, unchanged_body
from brandbrain_http.shapes.compiles import (
    AcceptedShape,
    CompileBody,
    RunEntryShape,
    RunsShape,
    StatusShape,
    UnchangedShape,
)

PATH: Final = "/api/brands/{brand_id}/brandbrain/compile"
RUN_PATH: Final = f"{PATH}/{{compile_run_id}}"
RUN_NOT_FOUND: Final = {
    400: ("Invalid brand_id", "Invalid compile_run_id"),
    404: ("Compile run not found",),
}
FIRST_LOOK: Final = "2"
"""Seconds after which it makes sense to ask how a new run stands."""


async def compile_brand(call: Call) -> Response:
    """Kick a compile off."""
    brand = brand_of(call)
    async with brand_first(call, brand):
        body = CompileBody.read(await object_of(call.request, may_be_empty=True))
        kickoff = await kick_off(call.deps, brand, force=bool(body.force_refresh))
    if kickoff.head is not None and kickoff.document is not None:
        return done(unchanged_body(kickoff.head, kickoff.document).encode())
    return _accepted(call, brand, kickoff)


def _accepted(call: Call, brand: BrandId, kickoff: Kickoff) -> Response:
    if kickoff.run_id is None:
        raise RuntimeError("a kick-off that changes something has a run")
    poll_url = call.url(f"/api/brands/{brand}/brandbrain/compile/{kickoff.run_id}/status")
    shape = AcceptedShape(compile_run_id=kickoff.run_id, status=kickoff.status, poll_url=poll_url)
    return done(body_of(shape), 202, headers={"Location": poll_url, "Retry-After": FIRST_LOOK})


async def read_run_status(call: Call) -> Response:
    """Answer with how a run stands."""
    brand, run = brand_of(call), run_of(call)
    async with call.deps.store.reading() as work:
        view = await work.views.run(brand, run)
    return found_snapshot(call, status_body(view), headers=_again(call, view))


async def cancel_run(call: Call) -> Response:
    """Cancel a run."""
    brand, run = brand_of(call), run_of(call)
    await runs.cancel_run(call.deps, brand, run)
    async with call.deps.store.reading() as work:
        view = await work.views.run(brand, run)
    return done(status_body(view).encode(), 202, headers=_again(call, view))


async def list_runs(call: Call) -> Response:
    """Answer with a page of a brand's runs."""
    brand = brand_of(call)
    page, after = page_of(call), cursor_of(call, uuid_cursor)
    async with call.deps.store.reading() as work:
        view = await work.views.runs(
            brand,
            after=None if after is None else RunId(after),
            offset=page.offset if after is None else 0,
            limit=page.size + 1,
        )
    shown, more = cut(view.entries, page.size)
    shape = RunsShape(
        runs=tuple(RunEntryShape.of(run) for run in shown),
        page=page.page,
        page_size=page.size,
        total=view.total,
        next_cursor=str(shown[-1].id) if more else None,
    )
    return found(call, body_of(shape))


def run_of(call: Call) -> RunId:
    """Return the run in the path; raise a 400 ``Invalid compile_run_id``."""
    return RunId(id_of(call.request, "compile_run_id", "compile_run_id"))


def _again(call: Call, view: RunView) -> dict[str, str]:
    return {} if view.status in TERMINAL else {"Retry-After": str(retry_after(view, call.deps.clock.now()))}


ENDPOINTS: Final = (
    Endpoint(
        method="POST",
        path=PATH,
        handler=compile_brand,
        operation=Operation(
            tag=Tag.COMPILE,
            summary="Compile a brand",
            description="The work is done elsewhere. A run that waits, or runs with the same inputs, is joined.",
            body=CompileBody,
            body_may_be_empty=True,
            answers={
                202: Answer(description="It will be done.", shape=AcceptedShape, headers=("Location", "Retry-After")),
                200: Answer(description="Nothing would change.", shape=UnchangedShape),
            },
            errors={
                400: ("Invalid brand_id", *INVALID_JSON, "force_refresh must be a boolean"),
                404: ("Brand not found",),
                422: ("Compile gating failed",),
            },
        ),
    ),
    Endpoint(
        method="GET",
        path=PATH,
        handler=list_runs,
        operation=Operation(
            tag=Tag.COMPILE,
            summary="List the compile runs of a brand, newest first",
            query=(PAGE, PAGE_SIZE, CURSOR),
            answers={200: Answer(description="A page of runs.", shape=RunsShape)},
            errors={
                400: ("Invalid brand_id", "Invalid pagination params", "Invalid cursor"),
                404: ("Brand not found",),
            },
        ),
    ),
    Endpoint(
        method="GET",
        path=f"{RUN_PATH}/status",
        handler=read_run_status,
        operation=Operation(
            tag=Tag.COMPILE,
            summary="Ask how a compile run stands",
            answers={200: Answer(description="How it stands.", shape=StatusShape, headers=("Retry-After",))},
            errors=RUN_NOT_FOUND,
        ),
    ),
    Endpoint(
        method="POST",
        path=f"{RUN_PATH}/cancel",
        handler=cancel_run,
        operation=Operation(
            tag=Tag.COMPILE,
            summary="Cancel a compile run",
            description="One that waits has failed at once; one that runs ends within its worker's next sign of life.",
            answers={202: Answer(description="How it stands now.", shape=StatusShape, headers=("Retry-After",))},
            errors={**RUN_NOT_FOUND, 409: ("Compile run already finished",)},
        ),
    ),
)
