"""What is in the database before a measurement: tokens, jobs, questions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import flask_migrate
import psycopg

from bench.lab.servers import SECRET_KEY
from webapp import create_app
from webapp.config import Config
from webapp.embedded import Server
from webapp.extensions import db
from webapp.operations import people, tokens

PROJECT = "shop"
_TEMPLATE = "migrated"
_migrated: set[Server] = set()


@dataclass
class Store:
    """A migrated database of its own in the server, with an agent's and a founder's token."""

    server: Server
    name: str

    @classmethod
    def create(cls, server: Server, name: str) -> "Store":
        """Make it, a copy of one that is migrated once per server."""
        if server not in _migrated:
            server.create_database(_TEMPLATE)
            with cls(server, _TEMPLATE).application():
                flask_migrate.upgrade()
            _migrated.add(server)
        server.create_database(name, template=_TEMPLATE)
        return cls(server, name)

    @property
    def url(self) -> str:
        """For SQLAlchemy."""
        return self.server.url(self.name)

    @property
    def plain_url(self) -> str:
        """For psycopg and pgbench."""
        return self.url.replace("+psycopg", "", 1)

    @cached_property
    def agent(self) -> str:
        """The secret of an agent's token for PROJECT."""
        return self.token(PROJECT, "agent")

    @cached_property
    def founder(self) -> str:
        """The secret of a founder's token for PROJECT."""
        return self.token(PROJECT, "founder")

    def token(self, project: str, scope: tokens.Scope) -> str:
        """The secret of a new token."""
        with self.application():
            return tokens.create(f"{scope} of {project}", [project], scope)[1]

    def sign_in_link(self, email: str, project: str = "*") -> str:
        """The secret of a one-time link for a founder of that project, or of all."""
        with self.application():
            return people.make_link(email, role="founder", project_id=project)

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Run a statement in a transaction of its own; returns its rows, if it has any."""
        with psycopg.connect(self.plain_url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def connections_in_use(self) -> int:
        """How many connections to the database are in the middle of something."""
        statement = (
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and state <> 'idle' and pid <> pg_backend_pid()"
        )
        return int(str(self.sql(statement)[0][0]))

    @contextmanager
    def application(self) -> Iterator[None]:
        """Inside: the context of an application on this database."""
        config = Config.from_environ({"DATABASE_URL": self.url, "SECRET_KEY": SECRET_KEY})
        with create_app(config).app_context():
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()


def add_jobs(store: Store, count: int) -> None:
    """Make jobs in PROJECT: build-1, build-2, …"""
    store.sql(
        "insert into jobs (project_id, job_id, session_id, created_at)"
        " select %s, 'build-' || n, 'session-1', now() from generate_series(1, %s) n",
        PROJECT,
        count,
    )


def add_pending(store: Store, count: int, jobs: int) -> list[str]:
    """Ask `count` questions, spread over the first `jobs` jobs of PROJECT; returns their ids."""
    rows = store.sql(
        """
        with asked as (
            insert into agent_escalations (id, session_id, job_id, project_id, error_type,
                error_signature, plain_english_problem, attempts_summary, recommended_action,
                options, status, created_at, agent_state)
            select gen_random_uuid(), 'session-1', 'build-' || 1 + n %% %s, %s, 'ApiError',
                'shop:ApiError:v1-' || md5(random()::text), 'I tried 3 ways to set up the payment'
                ' system but kept hitting a configuration issue.', '["the first way"]',
                'Skip this feature for now.', '[{"value": "skip_feature", "label":
                "Skip this feature", "description": "The shop opens without it."}]', 'pending',
                clock_timestamp(), '{}' from generate_series(1, %s) n
            returning id, job_id, project_id, created_at
        ), waiting as (
            insert into escalation_waiters (escalation_id, job, joined_at)
            select asked.id, jobs.id, asked.created_at from asked
            join jobs using (project_id, job_id)
        )
        select id::text from asked
        """,
        jobs,
        PROJECT,
        count,
    )
    return [str(row[0]) for row in rows]
