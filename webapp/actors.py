"""Who acts: one frozen value for a person, a token or the desk itself, passed as `by=`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from flask_babel import lazy_gettext

from webapp.errors import Forbidden, NotFound

Role = Literal["agent", "observer", "founder", "owner"]

ALL_PROJECTS = "*"
ANSWERING: frozenset[Role] = frozenset({"founder", "owner"})
REPORTING: frozenset[Role] = frozenset({"agent", "founder", "owner"})
OWNING: frozenset[Role] = frozenset({"owner"})
RANKS: Mapping[Role, int] = {"agent": 0, "observer": 1, "founder": 2, "owner": 3}


@dataclass(frozen=True)
class Actor:
    """Who is behind a call, and in which projects they hold which role.

    `ref` identifies the actor for good (`person:7`, `token:3`, `desk`); `name` is what others may
    read and never an address; `grants` maps a project id, or `*` for all of them, to a role.
    """

    ref: str
    name: str
    grants: Mapping[str, Role] = field(default_factory=dict)

    @property
    def projects(self) -> frozenset[str] | None:
        """The project ids that the actor may see; None means all."""
        return None if ALL_PROJECTS in self.grants else frozenset(self.grants)

    @property
    def person_id(self) -> int | None:
        """The person who acts, or None for an agent's token and the desk itself."""
        kind, _, number = self.ref.partition(":")
        return int(number) if kind == "person" else None

    def role_in(self, project_id: str) -> Role | None:
        """The actor's role in the project, or None where it may see nothing. A role in all
        projects is the least that one has in each."""
        roles = (self.grants.get(project_id), self.grants.get(ALL_PROJECTS))
        return max((role for role in roles if role), key=RANKS.__getitem__, default=None)

    @property
    def owns_something(self) -> bool:
        """Whether the actor is an owner, of a project or of the desk."""
        return "owner" in self.grants.values()

    def opens_in(self, project_id: str) -> str | None:
        """Whose a job becomes that the actor is the first to name: an agent's token's. What a
        founder names is nobody's until an agent takes it up."""
        return self.ref if self.role_in(project_id) == "agent" else None

    def require(self, roles: frozenset[Role], project_id: str, what: str) -> None:
        """Raise unless the actor holds one of `roles` in the project.

        A project that the actor may not see is NotFound, the same as an unknown one; too small a
        role in a visible project is Forbidden. `what` completes "may not …".
        """
        role = self.role_in(project_id)
        if role is None:
            raise NotFound(
                lazy_gettext(
                    "Project not found. It may not exist, or you may not have access to it."
                )
            )
        if role not in roles:
            raise Forbidden(_refusal(roles, self.name, what))


def _refusal(roles: frozenset[Role], name: str, what: str) -> str:
    if roles == OWNING:
        refused = lazy_gettext(
            "%(name)s can't %(what)s. Ask an owner of the project.", name=name, what=what
        )
    elif roles == ANSWERING:
        refused = lazy_gettext(
            "%(name)s can't %(what)s. Ask someone who can answer in the project, or "
            "use a token with the scope founder.",
            name=name,
            what=what,
        )
    else:
        refused = lazy_gettext(
            "%(name)s can't %(what)s. Use a token of this project with the scope agent.",
            name=name,
            what=what,
        )
    return refused  # type: ignore[no-any-return]  # Flask-Babel ships no types


def narrowed(grants: Mapping[str, Role], project_ids: Collection[str]) -> dict[str, Role]:
    """What a person's own token may do: what they may do at this moment, in the projects of the
    token, and at most answer."""
    person = Actor(ref="", name="", grants=grants)
    named = grants if ALL_PROJECTS in project_ids else project_ids
    roles = {project: person.role_in(project) for project in named}
    return {
        project: "founder" if role == "owner" else role for project, role in roles.items() if role
    }


def rule_name(maker: str) -> str:
    """The name under which the standing rule of that person answers, in the API and the events.
    Nothing reads it back: `AgentEscalation.rule_maker` says whose rule it was."""
    return f"the standing rule of {maker}"


DESK = Actor(ref="desk", name="Unstuck", grants={ALL_PROJECTS: "owner"})
