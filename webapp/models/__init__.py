"""The tables, one family per file."""

from webapp.models.audit import Action, AuditEvent
from webapp.models.escalations import AgentEscalation, EscalationWaiter
from webapp.models.events import JobEvent
from webapp.models.jobs import Job
from webapp.models.people import BrowserSession, Membership, Person, SignInLink
from webapp.models.problems import Attempt, Problem, StandingRule
from webapp.models.tokens import Token

__all__ = [
    "Action",
    "AgentEscalation",
    "Attempt",
    "AuditEvent",
    "BrowserSession",
    "EscalationWaiter",
    "Job",
    "JobEvent",
    "Membership",
    "Person",
    "Problem",
    "SignInLink",
    "StandingRule",
    "Token",
]
