"""/healthz: the process lives. /readyz: requests can be served."""

import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import Final

from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp import database_errors, live, pool, schema
from webapp.errors import AppError
from webapp.extensions import db
from webapp.queries import reach, workers

_KEPT_S: Final = 1.0
GOING_OUT: Final = "A worker sends webhooks and messages."
STUCK: Final = (
    "No worker was heard from for 60 seconds: webhooks and messages wait. Run: "
    "flask --app wsgi worker"
)
STARTING: Final = (
    "No worker was heard from since this server started, less than 60 seconds ago: webhooks and "
    "messages wait for one."
)
REACHED: Final = "Each waiting question has someone who gets a message."
NOT_REACHED: Final = (
    "Nobody gets a message about some of the waiting questions ({questions}). "
    "Set up Settings → Notifications."
)

bp = Blueprint("health", __name__)


class NotReady(AppError):
    status, code, title = 503, "not-ready", "Not ready"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.headers["Retry-After"] = str(database_errors.RETRY_AFTER_S)


@bp.get("/healthz")
def healthz() -> dict[str, str]:
    """200 as long as this process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> dict[str, str]:
    """200 when requests can be served, else 503 with what to do. A full disk takes no server out:
    reading goes on, and `warning` says so."""
    readiness: Readiness = current_app.extensions["readiness"]
    if fault := readiness.fault():
        raise NotReady(fault)
    found = {"status": "ready", "messages": readiness.messages, "reach": readiness.reach}
    if warning := pool.of(db.engine).disk.warning():
        found["warning"] = warning
    return found


class Readiness:
    """Finds out what is wrong, at most once a second: anyone may ask, as often as they like."""

    def __init__(self, app: Flask, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._lock = threading.Lock()
        self._found: str | None = None
        self.messages = GOING_OUT
        self.reach = REACHED
        self._until = -1.0
        self._began = clock()

    def fault(self) -> str | None:
        """What keeps this process from serving and what to do about it; None if nothing does."""
        with self._lock:
            if self._clock() >= self._until:
                self._found = self._look()
                self._until = self._clock() + _KEPT_S
            return self._found

    @cached_property
    def _scripts(self) -> ScriptDirectory:
        return ScriptDirectory(self._app.extensions["migrate"].directory)

    def _look(self) -> str | None:
        try:
            with db.engine.connect() as connection:
                behind = schema.is_behind(connection, self._scripts)
                if not behind:
                    self.messages = self._messages(connection)
                    self.reach = self._reach(connection)
        except SQLAlchemyError as error:
            database_errors.warn(self._app.logger, "readyz: the database does not answer", error)
            return "The database does not answer. Check that it runs."
        if behind:
            return "The schema is not current. Run: flask --app wsgi db upgrade"
        if down := live.down(self._app):
            return f"These threads fail again and again: {', '.join(down)}. See the log for why."
        return None

    def _messages(self, connection: Connection) -> str:
        if workers.any_heard(connection):
            return GOING_OUT
        return STARTING if self._clock() - self._began < workers.SILENT_S else STUCK

    def _reach(self, connection: Connection) -> str:
        unset = self._app.extensions["unstuck"].unset_channels
        with Session(connection) as session:
            questions = sum(reach.unreached(session, unset=unset).values())
        return NOT_REACHED.format(questions=questions) if questions else REACHED


def init_app(app: Flask) -> None:
    """Serve both at the root, where orchestrators look."""
    app.extensions["readiness"] = Readiness(app)
    app.register_blueprint(bp)
