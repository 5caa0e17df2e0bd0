"""
Lay out the first schema.

What each column means is said in `brandbrain_store.tables`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from brandbrain_store.columns import Moment, Ordered

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _brands()
    _onboardings()
    _sources()
    _collection_runs()
    _raw_items()
    _evidence()
    _evidence_sightings()
    _overrides()
    _compile_runs()
    _snapshots()
    _jobs()
    _lease_tokens()


def _brands() -> None:
    op.create_table(
        "brands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("website_url", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("deleted_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brands")),
    )
    op.create_index(
        "ix_brands_name",
        "brands",
        ["name", "created_at"],
        postgresql_where=sa.text("deleted_at is null"),
        sqlite_where=sa.text("deleted_at is null"),
    )


def _onboardings() -> None:
    op.create_table(
        "onboardings",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.CheckConstraint("tier between 0 and 2", name=op.f("ck_onboardings_tier")),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_onboardings_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", name=op.f("pk_onboardings")),
    )


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("capability", sa.String(length=32), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_sources_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint(
            "brand_id",
            "platform",
            "capability",
            "identifier",
            name=op.f("uq_sources_brand_id_platform_capability_identifier"),
        ),
    )
    op.create_index(op.f("ix_sources_brand_id_is_enabled"), "sources", ["brand_id", "is_enabled"])


def _collection_runs() -> None:
    op.create_table(
        "collection_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("collector", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("input", sa.Text(), nullable=False),
        sa.Column("external_run_id", sa.Text(), nullable=True),
        sa.Column("dataset_id", sa.Text(), nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("raw_count", sa.Integer(), nullable=False),
        sa.Column("normalised_count", sa.Integer(), nullable=False),
        sa.Column("rejected_count", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("retry_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_collection_runs_brand_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_collection_runs_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_runs")),
    )
    op.create_index(
        "ix_collection_runs_running",
        "collection_runs",
        ["source_id", "started_at", "id"],
        postgresql_where=sa.text("status = 'running'"),
        sqlite_where=sa.text("status = 'running'"),
    )
    op.create_index(
        op.f("ix_collection_runs_source_id_started_at_id"), "collection_runs", ["source_id", "started_at", "id"]
    )
    op.create_index(
        "ix_collection_runs_succeeded",
        "collection_runs",
        ["source_id", "started_at", "id"],
        postgresql_where=sa.text("status = 'succeeded'"),
        sqlite_where=sa.text("status = 'succeeded'"),
    )


def _raw_items() -> None:
    op.create_table(
        "raw_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["collection_runs.id"], name=op.f("fk_raw_items_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_items")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_raw_items_run_id_position")),
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("capability", sa.String(length=32), nullable=False),
        sa.Column("content_type", sa.String(length=32), nullable=False),
        sa.Column("identity", Ordered, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("author_ref", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("secondary_kind", sa.String(length=16), nullable=True),
        sa.Column("hashtags", sa.Text(), nullable=False),
        sa.Column("metrics", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("raw_refs", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("last_upsert", sa.String(length=16), nullable=False),
        sa.Column("age", sa.BigInteger(), nullable=False),
        sa.Column("text_primary", sa.Text(), nullable=False),
        sa.Column("text_secondary", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_evidence_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_brand_id_age"), "evidence", ["brand_id", "age"])
    op.create_index(
        op.f("ix_evidence_brand_id_platform_content_type_age"),
        "evidence",
        ["brand_id", "platform", "content_type", "age"],
    )


def _evidence_sightings() -> None:
    op.create_table(
        "evidence_sightings",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_sightings_evidence_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_evidence_sightings_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "identifier", "evidence_id", name=op.f("pk_evidence_sightings")),
    )
    op.create_index(op.f("ix_evidence_sightings_evidence_id"), "evidence_sightings", ["evidence_id"])


def _overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("pinned_paths", sa.Text(), nullable=False),
        sa.Column("pinned_values", sa.Text(), nullable=False),
        sa.Column("kept_items", sa.Text(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_overrides_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", name=op.f("pk_overrides")),
    )


def _compile_runs() -> None:
    op.create_table(
        "compile_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("inputs_hash", sa.Text(), nullable=False),
        sa.Column("force_refresh", sa.Boolean(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_compile_runs_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compile_runs")),
    )
    op.create_index(op.f("ix_compile_runs_brand_id_id"), "compile_runs", ["brand_id", "id"])


def _snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("compile_run_id", sa.Uuid(), nullable=True),
        sa.Column("inputs_at", Moment(), nullable=False),
        sa.Column("inputs_hash", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("degraded", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("diff_summary", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_snapshots_brand_id")),
        sa.ForeignKeyConstraint(
            ["compile_run_id"], ["compile_runs.id"], name=op.f("fk_snapshots_compile_run_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
    )
    op.create_index(op.f("ix_snapshots_compile_run_id"), "snapshots", ["compile_run_id"])
    op.create_index(
        "uq_snapshots_brand_id_version",
        "snapshots",
        ["brand_id", "version"],
        unique=True,
        postgresql_include=["id", "compile_run_id", "created_at"],
    )
    op.create_index(
        "uq_snapshots_compiled_by",
        "snapshots",
        ["compile_run_id"],
        unique=True,
        postgresql_where=sa.text("origin = 'compile' and compile_run_id is not null"),
        sqlite_where=sa.text("origin = 'compile' and compile_run_id is not null"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("compile_run_id", sa.Uuid(), nullable=False),
        sa.Column("job_type", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("available_at", Moment(), nullable=False),
        sa.Column("locked_at", Moment(), nullable=True),
        sa.Column("locked_by", sa.Text(), nullable=True),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("lease_token", sa.BigInteger(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("force_refresh", sa.Boolean(), nullable=False),
        sa.Column("inputs_hash", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_jobs_brand_id")),
        sa.ForeignKeyConstraint(
            ["compile_run_id"],
            ["compile_runs.id"],
            name=op.f("fk_jobs_compile_run_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("compile_run_id", name=op.f("uq_jobs_compile_run_id")),
        postgresql_with={
            "fillfactor": "70",
            "autovacuum_vacuum_scale_factor": "0.02",
            "autovacuum_vacuum_cost_delay": "0",
        },
    )
    op.create_index(op.f("ix_jobs_brand_id_id"), "jobs", ["brand_id", "id"])
    op.create_index(
        "ix_jobs_claim",
        "jobs",
        ["available_at", "created_at", "id"],
        postgresql_where=sa.text("status = 'pending'"),
        sqlite_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_jobs_finished_at",
        "jobs",
        ["finished_at"],
        postgresql_where=sa.text("finished_at is not null"),
        sqlite_where=sa.text("finished_at is not null"),
    )
    op.create_index(
        "ix_jobs_running",
        "jobs",
        ["id"],
        postgresql_where=sa.text("status = 'running'"),
        sqlite_where=sa.text("status = 'running'"),
    )
    op.create_index(op.f("ix_jobs_status_id"), "jobs", ["status", "id"])
    op.create_index(
        "uq_jobs_pending_brand_id",
        "jobs",
        ["brand_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
        sqlite_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "uq_jobs_running_brand_id",
        "jobs",
        ["brand_id"],
        unique=True,
        postgresql_where=sa.text("status = 'running'"),
        sqlite_where=sa.text("status = 'running'"),
    )


def _lease_tokens() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSequence(sa.Sequence("lease_tokens")))
        return
    tokens = op.create_table(
        "lease_tokens",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("only = 1", name=op.f("ck_lease_tokens_only")),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_lease_tokens")),
    )
    op.bulk_insert(tokens, [{"only": 1, "value": 0}])
