"""One request on its way to an endpoint: with whom it comes from and what it may reach."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

import attrs
from starlette.requests import Request
from starlette.types import Scope as AsgiScope

from brandbrain_core.ids import TenantId
from brandbrain_core.model.key import Scope
from brandbrain_core.services.deps import Deps
from brandbrain_http.options import HttpOptions

REQUEST_ID: Final = "brandbrain.request_id"
ROUTE: Final = "brandbrain.route"
CALLER: Final = "brandbrain.caller"
"""Under these names the layers leave word for each other in the ASGI scope."""


@attrs.frozen(kw_only=True)
class Caller:
    """Who calls, as their key says; *prefix* is its visible beginning."""

    tenant: TenantId
    scopes: tuple[Scope, ...]
    prefix: str


@attrs.frozen(kw_only=True)
class Call:
    """
    One request.

    Attributes:
        deps: What services need; its store is the caller's, see `brandbrain_core.ports.Store.scoped`.
        caller: None: no keys are configured, or the route asks for none.
    """

    request: Request
    deps: Deps
    options: HttpOptions
    caller: Caller | None

    def header(self, name: str) -> str | None:
        """Return the header of that name, in lower case; None: there is none."""
        return header_of(self.request.scope, name)

    def query(self, name: str) -> str | None:
        """Return the member of the query of that name, the last of several; None: there is none."""
        return self.request.query_params.get(name) if self.request.scope["query_string"] else None

    def url(self, path: str) -> str:
        """Return the address of *path* as the client reaches it, also where the application is mounted below a path."""
        return mount_path(self.request.scope) + path


def header_of(scope: AsgiScope, name: str) -> str | None:
    """Return the first header of that name, in lower case; None: there is none."""
    sought = name.encode()
    for each, value in scope["headers"]:
        if each == sought:
            return str(value, "latin-1")
    return None


def mount_path(scope: AsgiScope) -> str:
    """Return the path below which the application is mounted, empty for none."""
    return str(scope.get("root_path", "")).rstrip("/")


def own_path(scope: AsgiScope) -> str:
    """Return the path that is asked for, below the one where the application is mounted."""
    path = str(scope["path"])
    if not scope.get("root_path"):
        return path
    mount = mount_path(scope)
    return path[len(mount) :] if mount and path.startswith(f"{mount}/") else path


def shown_path(scope: AsgiScope) -> str:
    """Return the path that is asked for as a log may show it: a line of plain characters, whatever was sent."""
    return quote(str(scope["path"]))


def request_id_of(scope: AsgiScope) -> str:
    """Return the id under which this request is logged and answered."""
    return str(scope.get(REQUEST_ID, ""))
