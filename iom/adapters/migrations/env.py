"""How alembic runs here: on the connection `database.migrate` hands over, against the tables of `tables`."""

from alembic import context
from sqlmodel import SQLModel

import iom.adapters.tables  # noqa: F401 - it is what fills the metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
