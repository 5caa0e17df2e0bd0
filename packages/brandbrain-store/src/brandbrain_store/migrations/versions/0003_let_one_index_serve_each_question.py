"""
Let one index serve each question about the queue.

While the statistics say that next to nothing waits, any index of what waits seems as good to PostgreSQL as the right
one. A claim then read and sorted all that waits, by the index that keeps a brand from waiting twice: now it asks in
words that only its own index proves, see `brandbrain_store.tables.WAITS`. And whether a brand waits was looked up by
status: now the index by status holds only what has ended, which also makes claims write less.
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
    ended = sa.text("finished_at is not null")
    op.drop_index(op.f("ix_jobs_status_id"), table_name="jobs")
    op.create_index("ix_jobs_ended", "jobs", ["status", "id"], postgresql_where=ended, sqlite_where=ended)
