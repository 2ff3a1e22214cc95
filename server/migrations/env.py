"""Alembic's entry: it runs on the connection that `server.migrations.upgrade` hands it."""

from alembic import context

from server.migrations.upgrade import every_table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=every_table(),
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
