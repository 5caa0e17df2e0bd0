"""The HTTP layer of brandbrain: a Starlette application over the core services."""

from brandbrain_http.app import Api, create_app
from brandbrain_http.options import HttpOptions

__all__ = ["Api", "HttpOptions", "create_app"]
