"""How a database of any earlier release becomes one of this release. Alembic revisions, run at start, on both kinds."""
