"""How Alembic runs our migrations: always on a connection that `brandbrain_store.migrate` hands it."""

from __future__ import annotations

from alembic import context

from brandbrain_store.migrations.comparing import belongs_to
from brandbrain_store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_object=belongs_to(connection.dialect.name),
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
)
context.run_migrations()
