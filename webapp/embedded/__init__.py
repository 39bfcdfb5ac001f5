"""The PostgreSQL that the desk brings along, for those who do not set DATABASE_URL.

Interface:

- `with Server(folder) as server:` starts it in that folder and stops it at the end;
  `server.url()` and `server.url("name")` are SQLAlchemy URLs (`postgresql+psycopg://…`);
  `server.create_database(name, template=None)` and `server.drop_database(name)`.
- `Server(folder, durable=False)` is for tests only: it does without fsync and loses data.
- `ensure_running(config)`: a context manager for commands; yields the URL of a database that
  answers, started for the duration where the desk does not run.
- `has_data(config)`: whether there is a database yet.
- `replaced_database(config)`: a new database that takes the place of the old one, for a restore.
- `database_url(config)`: where the application finds its database, running or not.
- `hand_over_audit(config)` and `withdraw_audit(config)`: around migrations, which alone may change
  the audit table.

Errors are `SetupError`: one sentence each.
"""

from webapp.embedded.running import (
    database_url,
    ensure_running,
    hand_over_audit,
    has_data,
    replaced_database,
    withdraw_audit,
)
from webapp.embedded.server import Server

__all__ = [
    "Server",
    "database_url",
    "ensure_running",
    "hand_over_audit",
    "has_data",
    "replaced_database",
    "withdraw_audit",
]
