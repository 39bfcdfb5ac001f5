"""Who did what, when, and from where: rows are added and never changed (a trigger sees to it)."""

from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.columns import BigKey, JsonObject, Moment, Name, Prose


class Action(StrEnum):
    """The one closed list of what is written down."""

    SIGNED_IN = "sign_in.worked"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGNED_OUT = "sign_in.ended"
    LINK_MADE = "sign_in.link_made"
    LINK_MAILED = "sign_in.link_mailed"
    SESSION_ENDED = "session.ended"
    MEMBER_SIGNED_OUT = "member.signed_out"
    OTHER_SESSIONS_ENDED = "session.others_ended"
    PASSWORD_SET = "password.set"  # noqa: S105 - an action, not a secret; as those below
    PASSWORD_REMOVED = "password.removed"  # noqa: S105
    SECOND_FACTOR_ON = "second_factor.on"
    SECOND_FACTOR_OFF = "second_factor.off"
    RECOVERY_CODES_MADE = "recovery_codes.made"
    RECOVERY_CODE_USED = "recovery_code.used"
    PASSKEY_ADDED = "passkey.added"
    PASSKEY_REMOVED = "passkey.removed"
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_UNLINKED = "identity.unlinked"
    PERSON_RENAMED = "person.renamed"
    ADDRESS_WANTED = "person.address_wanted"
    ADDRESS_CHANGED = "person.address_changed"
    PERSON_INVITED = "person.invited"
    INVITATION_ENDED = "invitation.ended"
    INVITATION_ACCEPTED = "invitation.accepted"
    MEMBER_ADDED = "member.added"
    MEMBER_CHANGED = "member.changed"
    MEMBER_REMOVED = "member.removed"
    TOKEN_MADE = "token.made"  # noqa: S105
    TOKEN_ENDED = "token.ended"  # noqa: S105
    TOKEN_OFFERED = "token.offered"  # noqa: S105
    OFFER_TAKEN = "token.offer_taken"
    TOKEN_REPLACED = "token.replaced"  # noqa: S105
    QUESTION_ANSWERED = "question.answered"
    QUESTION_SKIPPED = "question.skipped"
    ASKED_BACK = "question.asked_back"
    QUESTION_ASSIGNED = "question.assigned"
    NOTE_ADDED = "question.note_added"
    DEADLINE_EXTENDED = "question.deadline_extended"
    TEXT_ERASED = "question.text_erased"
    ANSWER_TAKEN_BACK = "question.taken_back"
    SECRET_STORED = "secret.stored"  # noqa: S105
    SECRET_REVOKED = "secret.revoked"  # noqa: S105
    CATEGORY_CORRECTED = "category.corrected"
    CORRECTION_MADE = "category.rule_corrected"
    CORRECTION_REMOVED = "category.correction_removed"
    RULE_MADE = "rule.made"
    RULE_ENDED = "rule.ended"
    JOB_RESUMED = "job.resumed"
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_REMOVED = "webhook.removed"
    WEBHOOK_ON = "webhook.on"
    WEBHOOK_OFF = "webhook.off"
    CHANNEL_ADDED = "channel.added"
    CHANNEL_REMOVED = "channel.removed"
    CHANNEL_ON = "channel.on"
    CHANNEL_OFF = "channel.off"
    SETTING_CHANGED = "setting.changed"


class AuditEvent(Model):
    """One thing that somebody did. `project_id` is None for what concerns the desk as a whole;
    `subject` is what it was done to, `details` the rest. No secret stands in any of them."""

    __tablename__ = "audit_events"

    id: Mapped[BigKey]
    at: Mapped[Moment]
    actor_ref: Mapped[Name]
    actor_name: Mapped[Name]
    action: Mapped[str] = mapped_column(String(40))
    project_id: Mapped[Name | None]
    subject: Mapped[Prose]
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[Name | None]
    details: Mapped[JsonObject]

    __table_args__ = (
        Index(None, "at", "id"),
        Index(None, "project_id", "at", "id"),
        Index(None, "actor_ref", "at", "id"),
        Index(None, "action", "at", "id"),
    )
