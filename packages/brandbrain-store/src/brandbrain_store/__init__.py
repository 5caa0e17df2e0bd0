"""The SQLAlchemy store of brandbrain, for SQLite and PostgreSQL, with its migrations."""
