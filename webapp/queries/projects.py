"""Which projects there are, and who is in them."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from webapp.actors import ALL_PROJECTS, Actor
from webapp.models import Job, Membership, Person

MOST = 200

# Steps from project to project along the index of jobs, however many jobs each of them has.
_ALL = text(
    """
    with recursive found(id) as (
        select min(project_id) from jobs
        union all
        select (select min(project_id) from jobs where project_id > found.id)
        from found where found.id is not null
    )
    select id from found where id is not null limit :most
    """
).bindparams(bindparam("most", MOST))


def names(session: Session, *, by: Actor) -> list[str]:
    """The caller's projects by name; for who sees all, those that ever had a job."""
    if by.projects is not None:
        return sorted(by.projects)
    return list(session.scalars(_ALL))


def is_known(session: Session, project_id: str, *, by: Actor) -> bool:
    """Whether the caller may see that project; for who sees all, whether it ever had a job."""
    if by.projects is not None:
        return project_id in by.projects
    return session.scalar(select(Job.id).where(Job.project_id == project_id).limit(1)) is not None


def people(session: Session, *, by: Actor) -> Sequence[Person]:
    """Who shares a project with the caller, by name."""
    query = select(Person).order_by(Person.name, Person.id).limit(MOST)
    if by.projects is not None:
        shared = Membership.project_id.in_([*by.projects, ALL_PROJECTS])
        query = query.where(Person.id.in_(select(Membership.person_id).where(shared)))
    return session.scalars(query).all()
