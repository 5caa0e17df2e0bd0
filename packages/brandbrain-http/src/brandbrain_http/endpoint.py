"""Endpoints: what answers a method at a path, who may call it, and how it is described."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final, TypeAlias

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from brandbrain_core.model.key import Scope
from brandbrain_core.policies.keys import allows
from brandbrain_core.services.deps import Deps
from brandbrain_http.call import CALLER, ROUTE, Call, Caller
from brandbrain_http.errors import HttpError
from brandbrain_http.openapi.operation import Operation
from brandbrain_http.options import HttpOptions
from brandbrain_http.repeatable import IDEMPOTENCY_KEY, answer_once

Handler: TypeAlias = Callable[[Call], Awaitable[Response]]


@attrs.frozen(kw_only=True)
class Endpoint:
    """
    What answers a method at a path.

    Attributes:
        path: With names in braces, e.g. ``/api/brands/{brand_id}``.
        scope: What a key must hold; None: reading asks for `Scope.READ`, all else for `Scope.WRITE`.
        operation: How it is described.
    """

    method: str
    path: str
    handler: Handler
    operation: Operation
    scope: Scope | None = None

    @property
    def needs(self) -> Scope:
        """What a key must hold to call it."""
        return self.scope or (Scope.READ if self.method == "GET" else Scope.WRITE)


class Resource:
    """An ASGI application: all endpoints of one path, and the one place where callers are authorised."""

    def __init__(self, path: str, endpoints: Iterable[Endpoint], *, deps: Deps, options: HttpOptions) -> None:
        self._path = path
        self._endpoints: Final[Mapping[str, Endpoint]] = {endpoint.method: endpoint for endpoint in endpoints}
        self._deps = deps
        self._options = options
        methods = {*self._endpoints, "OPTIONS", *(["HEAD"] if "GET" in self._endpoints else [])}
        self._allow = ", ".join(sorted(methods))

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Let the endpoint of the request's method answer."""
        scope[ROUTE] = self._path
        method = scope["method"]
        if method == "OPTIONS":
            await Response(status_code=204, headers={"Allow": self._allow})(scope, receive, send)
            return
        endpoint = self._endpoints.get("GET" if method == "HEAD" else method)
        if endpoint is None:
            raise HttpError(405, "Method not allowed", "method_not_allowed", headers=(("Allow", self._allow),))
        response = await self._answer(endpoint, Request(scope, receive))
        if method == "HEAD":
            await _send_head(response, send)
        else:
            await response(scope, receive, send)

    async def _answer(self, endpoint: Endpoint, request: Request) -> Response:
        caller: Caller | None = request.scope.get(CALLER)
        deps = self._deps
        if caller is not None:
            if not allows(caller.scopes, endpoint.needs):
                raise HttpError(403, f"This API key lacks the scope {endpoint.needs}", "forbidden")
            deps = attrs.evolve(deps, store=deps.store.scoped(caller.tenant))
        call = Call(request=request, deps=deps, options=self._options, caller=caller)
        if endpoint.method == "POST" and call.header(IDEMPOTENCY_KEY) is not None:
            return await answer_once(call, endpoint.handler)
        return await endpoint.handler(call)


async def _send_head(response: Response, send: Send) -> None:
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": b""})
