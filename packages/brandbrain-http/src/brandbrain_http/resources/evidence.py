"""``/api/evidence`` and ``/api/brands/{brand_id}/evidence``: what was collected."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar

from starlette.responses import Response

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.key import Scope
from brandbrain_core.model.platform import ContentType, Platform
from brandbrain_http.answers import body_of, done, found
from brandbrain_http.call import Call
from brandbrain_http.endpoint import Endpoint
from brandbrain_http.errors import bad_request
from brandbrain_http.existing import brand_of
from brandbrain_http.openapi.operation import CURSOR, INVALID_JSON, LIMIT, Answer, Operation, Parameter, Tag
from brandbrain_http.paging import cursor_of, cut, limit_of, link_to_next, uuid_cursor
from brandbrain_http.reading import id_of, object_of
from brandbrain_http.shapes.evidence import BATCH_MAX, BatchBody, EvidenceShape

E = TypeVar("E", bound=StrEnum)

_PLATFORM: Final = Parameter(
    name="platform", description="Only items of this platform.", schema={"enum": [each.value for each in Platform]}
)
_CONTENT_TYPE: Final = Parameter(
    name="content_type", description="Only items of this kind.", schema={"enum": [each.value for each in ContentType]}
)


async def read_item(call: Call) -> Response:
    """Answer with one item."""
    evidence = EvidenceId(id_of(call.request, "evidence_id", "evidence_id"))
    async with call.deps.store.reading() as work:
        return found(call, body_of(EvidenceShape.of(await work.evidence.get(evidence))))


async def read_batch(call: Call) -> Response:
    """Answer with several items, in the order asked."""
    body = BatchBody.read(await object_of(call.request))
    async with call.deps.store.reading() as work:
        items = await work.evidence.batch(body.ids)
    return done(body_of([EvidenceShape.of(item) for item in items]))


async def list_evidence(call: Call) -> Response:
    """Answer with a page of the items of a brand, newest first."""
    brand = brand_of(call)
    limit, after = limit_of(call), cursor_of(call, uuid_cursor)
    platform = _filter(call, "platform", Platform)
    content_type = _filter(call, "content_type", ContentType)
    async with call.deps.store.reading() as work:
        items = await work.evidence.page(
            brand,
            platform=platform,
            content_type=content_type,
            after=None if after is None else EvidenceId(after),
            limit=limit + 1,
        )
        if not items:
            await work.brands.get(brand)
    shown, more = cut(items, limit)
    headers = link_to_next(call, shown[-1].id) if more else {}
    return found(call, body_of([EvidenceShape.of(item) for item in shown]), headers=headers)


def _filter(call: Call, name: str, kind: type[E]) -> E | None:
    text = call.query(name)
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise bad_request(f"Invalid {name}", f"invalid_{name}") from None


ENDPOINTS: Final = (
    Endpoint(
        method="POST",
        path="/api/evidence/batch",
        handler=read_batch,
        scope=Scope.READ,
        operation=Operation(
            tag=Tag.EVIDENCE,
            summary="Read several items",
            description="In the order asked; ids that nothing has are left out.",
            body=BatchBody,
            answers={200: Answer(description="The items.", shape=tuple[EvidenceShape, ...])},
            errors={400: (*INVALID_JSON, f"ids must be an array of 1 to {BATCH_MAX} ids", "Invalid evidence_id")},
        ),
    ),
    Endpoint(
        method="GET",
        path="/api/evidence/{evidence_id}",
        handler=read_item,
        operation=Operation(
            tag=Tag.EVIDENCE,
            summary="Read an item",
            answers={200: Answer(description="The item.", shape=EvidenceShape)},
            errors={400: ("Invalid evidence_id",), 404: ("Evidence not found",)},
        ),
    ),
    Endpoint(
        method="GET",
        path="/api/brands/{brand_id}/evidence",
        handler=list_evidence,
        operation=Operation(
            tag=Tag.EVIDENCE,
            summary="List the evidence of a brand, newest first",
            query=(CURSOR, LIMIT, _PLATFORM, _CONTENT_TYPE),
            answers={200: Answer(description="A page of items.", shape=tuple[EvidenceShape, ...], headers=("Link",))},
            errors={
                400: (
                    "Invalid brand_id",
                    "Invalid pagination params",
                    "Invalid cursor",
                    "Invalid platform",
                    "Invalid content_type",
                ),
                404: ("Brand not found",),
            },
        ),
    ),
)
