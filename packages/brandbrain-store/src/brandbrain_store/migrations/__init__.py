"""Alembic migrations: every step by which the schema came to be what `brandbrain_store.tables` describes."""

from typing import Final

HEAD: Final = "0005"
"""The newest step; a test compares it with what Alembic finds."""
