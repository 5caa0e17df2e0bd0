"""Alembic migrations: every step by which the schema came to be what `brandbrain_store.tables` describes."""
