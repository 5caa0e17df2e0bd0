"""
Look for busy brands by brand.

A claim asks of each brand whether one of its jobs runs. With an index of all that runs at hand, PostgreSQL read all of
that each time. The unique index that keeps a brand from running twice holds the same rows, and serves everything else
that reads what runs.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_jobs_running", table_name="jobs")
