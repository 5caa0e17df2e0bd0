"""The HTTP layer of brandbrain: an ASGI application over the core services, built with Starlette."""

from brandbrain_http.app import Api, create_app
from brandbrain_http.options import HttpOptions

__all__ = ["Api", "HttpOptions", "create_app"]
