"""
Requests that a client may safely repeat: the same ``Idempotency-Key`` has one effect and one answer.

The key is claimed in a short transaction of its own, so that a second request sees that the first is under way. The
effect and the answer are written in one transaction: there is never one without the other. An answer that is an error
had no effect; nothing is kept of it, and the key is free again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import attrs
from starlette.requests import Request
from starlette.responses import Response

from brandbrain_core.ids import DEFAULT_TENANT
from brandbrain_core.model.idempotency import Answered, Claim, IdempotencyRecord
from brandbrain_core.services.joined import JoinedStore
from brandbrain_http.call import Call
from brandbrain_http.errors import HttpError, bad_request, unprocessable
from brandbrain_http.reading import body_of_request

IDEMPOTENCY_KEY: Final = "idempotency-key"
REPLAYED: Final = "Idempotency-Replayed"
KEPT: Final = timedelta(hours=24)
STALE: Final = timedelta(minutes=1)
"""An attempt that has not ended by then is taken to be dead; no request may take nearly as long."""

KEY_MAX: Final = 255
_PRUNED_AT_ONCE: Final = 10


async def answer_once(call: Call, handler: Callable[[Call], Awaitable[Response]]) -> Response:
    """
    Return the handler's answer, or the one that it gave to this very request before.

    Raises:
        HttpError: 409 while another attempt is under way, 422 if the key belongs to another request, 400 for a key
            that is none; and what the handler raises.
    """
    claim = await _claim_of(call)
    standing = await _claimed(call, claim)
    if standing is not None:
        return _replayed(standing, claim)
    try:
        async with call.deps.store.transaction() as work:
            response = await handler(attrs.evolve(call, deps=attrs.evolve(call.deps, store=JoinedStore(work))))
            await work.idempotency.finish(claim, _recorded(response))
        return response
    except BaseException:
        await asyncio.shield(_release(call, claim))
        raise


async def _claim_of(call: Call) -> Claim:
    key = call.request.headers[IDEMPOTENCY_KEY]
    if not 1 <= len(key) <= KEY_MAX:
        raise bad_request(f"Idempotency-Key must have 1 to {KEY_MAX} characters", "invalid_idempotency_key")
    return Claim(
        owner=DEFAULT_TENANT if call.caller is None else call.caller.tenant,
        key=key,
        fingerprint=_fingerprint(call.request, await body_of_request(call.request)),
        token=call.deps.ids.new(),
        claimed_at=call.deps.clock.now(),
    )


def _fingerprint(request: Request, body: bytes) -> str:
    """Return the digest of what makes a request the same: its method, address and body."""
    address = f"{request.method} {request.scope['path']}?{request.url.query}"
    return hashlib.sha256(b"\0".join([address.encode(), body])).hexdigest()


async def _claimed(call: Call, claim: Claim) -> IdempotencyRecord | None:
    expired_before = claim.claimed_at - KEPT
    async with call.deps.store.transaction() as work:
        await work.idempotency.prune(expired_before=expired_before, limit=_PRUNED_AT_ONCE)
        return await work.idempotency.claim(claim, stale_before=claim.claimed_at - STALE, expired_before=expired_before)


async def _release(call: Call, claim: Claim) -> None:
    async with call.deps.store.transaction() as work:
        await work.idempotency.release(claim)


def _replayed(standing: IdempotencyRecord, claim: Claim) -> Response:
    if standing.claim.fingerprint != claim.fingerprint:
        raise unprocessable("This Idempotency-Key was used for another request", "idempotency_key_reuse")
    if standing.answer is None:
        raise HttpError(
            409,
            "A request with this Idempotency-Key is still under way",
            "idempotency_in_progress",
            headers=(("Retry-After", "1"),),
        )
    headers = {**standing.answer.headers, REPLAYED: "true"}
    return Response(standing.answer.body.encode(), standing.answer.status, headers=headers)


def _recorded(response: Response) -> Answered:
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Answered(status=response.status_code, headers=headers, body=bytes(response.body).decode())
