"""/healthz: the process lives. /readyz: the database answers and its schema is current."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from webapp.errors import AppError
from webapp.extensions import db

bp = Blueprint("health", __name__)


class NotReady(AppError):
    status, code, title = 503, "not-ready", "Not ready"


@bp.get("/healthz")
def healthz() -> dict[str, str]:
    """200 as long as this process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> dict[str, str]:
    """200 when requests can be served, else 503 with what to do."""
    try:
        with db.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_heads()
    except SQLAlchemyError as error:
        current_app.logger.warning("readyz: the database does not answer: %s", error)
        raise NotReady("The database does not answer. Check that it runs.") from error
    wanted = ScriptDirectory(current_app.extensions["migrate"].directory).get_heads()
    if set(current) != set(wanted):
        raise NotReady("The schema is not current. Run: flask --app wsgi db upgrade")
    return {"status": "ready"}


def init_app(app: Flask) -> None:
    """Serve both at the root, where orchestrators look."""
    app.register_blueprint(bp)
