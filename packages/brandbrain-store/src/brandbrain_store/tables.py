"""
The schema, once for both databases. What only one of them has says so: ``info={"database": ...}``.

Documents that are only handed through (answers, inputs, reports, snapshots, raw items) are JSON *text*: they come
back byte for byte as they went in. `brandbrain_store.migrations` builds what is described here; a test compares the
two.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    literal_column,
    text,
)

from brandbrain_store.columns import Moment, Ordered

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _brand() -> Column[object]:
    return Column("brand_id", Uuid(), ForeignKey("brands.id"), nullable=False)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=unique, postgresql_where=condition, sqlite_where=condition)


brands: Final = Table(
    "brands",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("website_url", Text()),
    Column("created_at", Moment(), nullable=False),
    Column("deleted_at", Moment()),
    Column("tenant", Text(), nullable=False, server_default="default"),
    Index(None, "tenant", "id"),
    _partial("ix_brands_name", "name", "created_at", where="deleted_at is null"),
)

onboardings: Final = Table(
    "onboardings",
    metadata,
    Column("brand_id", Uuid(), ForeignKey("brands.id"), primary_key=True),
    Column("tier", Integer(), nullable=False),
    Column("answers", Text(), nullable=False),
    Column("updated_at", Moment(), nullable=False),
    CheckConstraint("tier between 0 and 2", name="tier"),
)

sources: Final = Table(
    "sources",
    metadata,
    Column("id", Uuid(), primary_key=True),
    _brand(),
    Column("platform", String(32), nullable=False),
    Column("capability", String(32), nullable=False),
    Column("identifier", Text(), nullable=False),
    Column("is_enabled", Boolean(), nullable=False),
    Column("settings", Text()),
    Column("created_at", Moment(), nullable=False),
    Column("updated_at", Moment(), nullable=False),
    UniqueConstraint("brand_id", "platform", "capability", "identifier"),
    Index(None, "brand_id", "is_enabled"),
)

collection_runs: Final = Table(
    "collection_runs",
    metadata,
    Column("id", Uuid(), primary_key=True),
    _brand(),
    Column("source_id", Uuid(), ForeignKey("sources.id", ondelete="CASCADE"), nullable=False),
    Column("collector", Text(), nullable=False),
    Column("fingerprint", Text(), nullable=False),
    Column("status", String(16), nullable=False),
    Column("input", Text(), nullable=False),
    Column("external_run_id", Text()),
    Column("dataset_id", Text()),
    Column("started_at", Moment(), nullable=False),
    Column("finished_at", Moment()),
    Column("raw_count", Integer(), nullable=False),
    Column("normalised_count", Integer(), nullable=False),
    Column("rejected_count", Integer(), nullable=False),
    Column("error", Text()),
    Column("error_code", Text()),
    Column("retry_at", Moment()),
    Index(None, "source_id", "started_at", "id"),
    _partial("ix_collection_runs_succeeded", "source_id", "started_at", "id", where="status = 'succeeded'"),
    _partial("ix_collection_runs_running", "source_id", "started_at", "id", where="status = 'running'"),
)

raw_items: Final = Table(
    "raw_items",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("run_id", Uuid(), ForeignKey("collection_runs.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer(), nullable=False),
    Column("shape", Text(), nullable=False),
    Column("payload", Text(), nullable=False),
    UniqueConstraint("run_id", "position"),
)

evidence: Final = Table(
    "evidence",
    metadata,
    Column("id", Uuid(), primary_key=True),
    _brand(),
    Column("source_id", Uuid(), nullable=False),
    Column("platform", String(32), nullable=False),
    Column("capability", String(32), nullable=False),
    Column("content_type", String(32), nullable=False),
    Column("identity", Ordered, nullable=False),
    Column("external_id", Text()),
    Column("canonical_url", Text(), nullable=False),
    Column("published_at", Moment()),
    Column("author_ref", Text()),
    Column("title", Text()),
    Column("language", Text()),
    Column("secondary_kind", String(16)),
    Column("hashtags", Text(), nullable=False),
    Column("metrics", Text(), nullable=False),
    Column("media", Text(), nullable=False),
    Column("flags", Text(), nullable=False),
    Column("raw_refs", Text(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("updated_at", Moment(), nullable=False),
    Column("last_upsert", String(16), nullable=False),
    Column("age", BigInteger(), nullable=False),
    Column("text_primary", Text(), nullable=False),
    Column("text_secondary", Text()),
    Index(None, "brand_id", "age"),
    Index(None, "brand_id", "platform", "content_type", "age"),
)
"""
The id is derived from brand, platform and identity, so the primary key makes these three unique. *source_id* may name a
source that was deleted since. *last_upsert* is what the last upsert did to the row: created, updated or unchanged.
*age* sorts newest first with the undated last, see `brandbrain_core.policies.chronology`.
"""

evidence_sightings: Final = Table(
    "evidence_sightings",
    metadata,
    Column("source_id", Uuid(), ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("identifier", Text(), primary_key=True),
    Column("evidence_id", Uuid(), ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "evidence_id"),
)

overrides: Final = Table(
    "overrides",
    metadata,
    Column("brand_id", Uuid(), ForeignKey("brands.id"), primary_key=True),
    Column("values", Text(), nullable=False),
    Column("pinned_paths", Text(), nullable=False),
    Column("pinned_values", Text(), nullable=False),
    Column("kept_items", Text(), nullable=False),
    Column("updated_at", Moment()),
)

compile_runs: Final = Table(
    "compile_runs",
    metadata,
    Column("id", Uuid(), primary_key=True),
    _brand(),
    Column("status", String(16), nullable=False),
    Column("inputs_hash", Text(), nullable=False),
    Column("force_refresh", Boolean(), nullable=False),
    Column("cancelled", Boolean(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("started_at", Moment()),
    Column("finished_at", Moment()),
    Column("progress", Text()),
    Column("error", Text()),
    Column("report", Text()),
    Column("inputs", Text(), nullable=False),
    Index(None, "brand_id", "id"),
    postgresql_with={"fillfactor": "70"},
)

snapshots: Final = Table(
    "snapshots",
    metadata,
    Column("id", Uuid(), primary_key=True),
    _brand(),
    Column("version", Integer(), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("compile_run_id", Uuid(), ForeignKey("compile_runs.id", ondelete="SET NULL")),
    Column("inputs_at", Moment(), nullable=False),
    Column("inputs_hash", Text(), nullable=False),
    Column("input_hash", Text(), nullable=False),
    Column("degraded", Boolean(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("diff_summary", Text()),
    Column("document", Text(), nullable=False),
    Index(
        "uq_snapshots_brand_id_version",
        "brand_id",
        "version",
        unique=True,
        postgresql_include=["id", "compile_run_id", "created_at"],
    ),
    Index(None, "compile_run_id"),
    _partial(
        "uq_snapshots_compiled_by",
        "compile_run_id",
        unique=True,
        where="origin = 'compile' and compile_run_id is not null",
    ),
)

jobs: Final = Table(
    "jobs",
    metadata,
    Column("id", Uuid(), primary_key=True),
    _brand(),
    Column(
        "compile_run_id",
        Uuid(),
        ForeignKey("compile_runs.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
        unique=True,
    ),
    Column("job_type", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer(), nullable=False),
    Column("max_attempts", Integer(), nullable=False),
    Column("available_at", Moment(), nullable=False),
    Column("locked_at", Moment()),
    Column("locked_by", Text()),
    Column("started_at", Moment()),
    Column("lease_token", BigInteger()),
    Column("cancel_requested", Boolean(), nullable=False),
    Column("last_error", Text()),
    Column("force_refresh", Boolean(), nullable=False),
    Column("inputs_hash", Text(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("updated_at", Moment(), nullable=False),
    Column("finished_at", Moment()),
    _partial("uq_jobs_pending_brand_id", "brand_id", unique=True, where="status = 'pending'"),
    _partial("uq_jobs_running_brand_id", "brand_id", unique=True, where="status = 'running'"),
    _partial("ix_jobs_claim", "available_at", "created_at", "id", where="coalesce(status = 'pending', false)"),
    _partial("ix_jobs_finished_at", "finished_at", where="finished_at is not null"),
    Index(None, "brand_id", "id"),
    _partial("ix_jobs_ended", "status", "id", where="finished_at is not null"),
    postgresql_with={
        "fillfactor": "70",
        "autovacuum_vacuum_scale_factor": "0.02",
        "autovacuum_vacuum_cost_delay": "0",
    },
)
"""There is no index on *locked_at*, on purpose: a sign of life then touches no index (a heap-only update)."""

WAITS: Final[ColumnElement[bool]] = literal_column("coalesce(jobs.status = 'pending', false)")
"""
The condition of ``ix_jobs_claim``, in words that prove no other index.

A claim must be served by that index whatever the statistics say. They come from an idle queue as a rule; then all that
waits is thought to be one row, and any index of what waits would seem to do.
"""

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("tenant", Text(), nullable=False),
    Column("name", String(255), nullable=False),
    Column("prefix", String(32), nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("scopes", Text(), nullable=False),
    Column("created_at", Moment(), nullable=False),
    Column("expires_at", Moment()),
    Column("revoked_at", Moment()),
    Index(None, "tenant", "id"),
)

idempotency: Final = Table(
    "idempotency",
    metadata,
    Column("owner", Text(), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", Text(), nullable=False),
    Column("token", Uuid(), nullable=False),
    Column("claimed_at", Moment(), nullable=False),
    Column("status", Integer()),
    Column("headers", Text()),
    Column("body", Text()),
    Index(None, "claimed_at"),
)
"""What was asked under a key of the client's choice; without *status* it is still under way."""

lease_token_sequence: Final = Sequence("lease_tokens", metadata=metadata)
"""Where tokens come from on PostgreSQL."""

lease_tokens: Final = Table(
    "lease_tokens",
    metadata,
    Column("only", Integer(), primary_key=True, autoincrement=False),
    Column("value", BigInteger(), nullable=False),
    CheckConstraint("only = 1", name="only"),
    info={"database": "sqlite"},
)
"""Where tokens come from on SQLite: one row, the last token given."""
