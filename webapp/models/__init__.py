"""The tables, one family per file."""

from webapp.models.attachments import Attachment
from webapp.models.audit import Action, AuditEvent
from webapp.models.channels import NotificationSettings, PersonalChannel, Presence
from webapp.models.corrections import CategoryCorrection
from webapp.models.deliveries import (
    AnswerButton,
    Delivery,
    Outbox,
    Webhook,
    WorkerBeat,
    WorkerLease,
)
from webapp.models.escalations import AgentEscalation, EscalationWaiter
from webapp.models.events import JobEvent
from webapp.models.jobs import Job
from webapp.models.limits import RateCounter, ServingProcess, StreamSlot
from webapp.models.people import Invitation, Membership, OwnerNotice, Person
from webapp.models.problems import Attempt, Problem, ReportVerdict, StandingRule, TaskBudget
from webapp.models.secrets import HandedSecret, SecretTaking
from webapp.models.server_keys import ServerKey
from webapp.models.sign_ins import (
    BrowserSession,
    Identity,
    Passkey,
    Proof,
    RecoveryCode,
    SecondFactor,
    SignInLink,
)
from webapp.models.snoozes import Snooze
from webapp.models.tokens import Token, TokenOffer

__all__ = [
    "Action",
    "AgentEscalation",
    "AnswerButton",
    "Attachment",
    "Attempt",
    "AuditEvent",
    "BrowserSession",
    "CategoryCorrection",
    "Delivery",
    "EscalationWaiter",
    "HandedSecret",
    "Identity",
    "Invitation",
    "Job",
    "JobEvent",
    "Membership",
    "NotificationSettings",
    "Outbox",
    "OwnerNotice",
    "Passkey",
    "Person",
    "PersonalChannel",
    "Presence",
    "Problem",
    "Proof",
    "RateCounter",
    "RecoveryCode",
    "ReportVerdict",
    "SecondFactor",
    "SecretTaking",
    "ServerKey",
    "ServingProcess",
    "SignInLink",
    "Snooze",
    "StandingRule",
    "StreamSlot",
    "TaskBudget",
    "Token",
    "TokenOffer",
    "Webhook",
    "WorkerBeat",
    "WorkerLease",
]
