"""How long the model provider of a job has had trouble, kept in the row of the job."""

from sqlalchemy.orm import Session

from webapp import statements
from webapp.clock import now
from webapp.rules.outages import OVER_AFTER_S, Outage

_NOTE = """
    update jobs set model_trouble_at = %(at)s,
        model_trouble_since = case when known.goes_on then model_trouble_since else %(at)s end,
        model_waits = case when known.goes_on then model_waits + 1 else 0 end
    from (select id, coalesce(
            model_trouble_at > %(at)s - make_interval(secs => %(over_after)s) and not %(anew)s,
            false) as goes_on
        from jobs where id = %(job)s) as known
    where jobs.id = known.id
    returning model_waits, extract(epoch from %(at)s - model_trouble_since)::float as lasts_s
"""


def note(session: Session, job: int | None, *, anew: bool) -> Outage:
    """Count one more failure of the model provider. `anew`: what came before is over, since a
    founder has answered. Inside a transaction that holds the row of the job."""
    found = statements.one(session, _NOTE, job=job, at=now(), over_after=OVER_AFTER_S, anew=anew)
    return Outage(0, 0.0) if found is None else Outage(found.model_waits, found.lasts_s)
