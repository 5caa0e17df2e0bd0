"""
Let only one index serve a claim.

While the statistics say that next to nothing waits, the index that keeps a brand from waiting twice looked cheaper to
PostgreSQL, and every claim read and sorted all that waits. Now it cannot be chosen: the claim asks in words that only
its own index proves, see `brandbrain_store.tables.WAITS`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waits = sa.text("coalesce(status = 'pending', false)")
    op.drop_index("ix_jobs_claim", table_name="jobs")
    op.create_index(
        "ix_jobs_claim",
        "jobs",
        ["available_at", "created_at", "id"],
        postgresql_where=waits,
        sqlite_where=waits,
    )
