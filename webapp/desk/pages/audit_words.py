"""What is on record, as sentences that an owner reads."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup, escape

from webapp.models import Action, AgentEscalation, AuditEvent
from webapp.queries.screens import label_of
from webapp.templating.words import brief

SENTENCES: Final[dict[str, Any]] = {
    Action.SIGNED_IN: _("%(who)s signed in"),
    Action.SIGN_IN_FAILED: _("%(who)s couldn't sign in"),
    Action.SIGNED_OUT: _("%(who)s signed out"),
    Action.LINK_MADE: _("%(who)s created a sign-in link for %(what)s"),
    Action.LINK_MAILED: _("%(who)s got a sign-in link by email"),
    Action.SESSION_ENDED: _("%(who)s signed out another browser"),
    Action.OTHER_SESSIONS_ENDED: _("%(who)s signed out all other browsers"),
    Action.MEMBER_SIGNED_OUT: _("%(who)s signed %(what)s out everywhere"),
    Action.PASSWORD_SET: _("%(who)s set a new password"),
    Action.PASSWORD_REMOVED: _("%(who)s removed the password"),
    Action.SECOND_FACTOR_ON: _("%(who)s turned two-step verification on"),
    Action.SECOND_FACTOR_OFF: _("%(who)s turned two-step verification off"),
    Action.RECOVERY_CODES_MADE: _("%(who)s created new recovery codes"),
    Action.RECOVERY_CODE_USED: _("%(who)s used a recovery code"),
    Action.PASSKEY_ADDED: _("%(who)s added the passkey %(what)s"),
    Action.PASSKEY_REMOVED: _("%(who)s removed the passkey %(what)s"),
    Action.IDENTITY_LINKED: _("%(who)s connected an account of the sign-in provider"),
    Action.IDENTITY_UNLINKED: _("%(who)s disconnected the account of the sign-in provider"),
    Action.PERSON_RENAMED: _("%(who)s changed the name to %(what)s"),
    Action.ADDRESS_WANTED: _("%(who)s asked to change the email address to %(what)s"),
    Action.ADDRESS_CHANGED: _("%(who)s changed or confirmed the email address %(what)s"),
    Action.PERSON_INVITED: _("%(who)s invited %(what)s"),
    Action.INVITATION_ENDED: _("%(who)s revoked the invitation of %(what)s"),
    Action.INVITATION_ACCEPTED: _("%(who)s accepted an invitation"),
    Action.MEMBER_ADDED: _("%(who)s added %(what)s"),
    Action.MEMBER_CHANGED: _("%(who)s changed the role of %(what)s"),
    Action.MEMBER_REMOVED: _("%(who)s removed %(what)s"),
    Action.TOKEN_MADE: _("%(who)s created the token %(what)s"),
    Action.TOKEN_ENDED: _("%(who)s revoked the token %(what)s"),
    Action.TOKEN_OFFERED: _("%(who)s created a link for the token %(what)s"),
    Action.OFFER_TAKEN: _("%(who)s got the token %(what)s by its link"),
    Action.TOKEN_REPLACED: _("%(who)s replaced the token %(what)s"),
    Action.QUESTION_ANSWERED: _("%(who)s answered %(what)s"),
    Action.QUESTION_SKIPPED: _("%(who)s skipped %(what)s"),
    Action.ANSWER_TAKEN_BACK: _("%(who)s took back the answer to %(what)s"),
    Action.ASKED_BACK: _("%(who)s asked the agent back about %(what)s"),
    Action.QUESTION_ASSIGNED: _("%(who)s assigned %(what)s"),
    Action.NOTE_ADDED: _("%(who)s added a note about %(what)s"),
    Action.DEADLINE_EXTENDED: _("%(who)s extended the deadline of %(what)s"),
    Action.TEXT_ERASED: _("%(who)s erased the text of an answer to %(what)s"),
    Action.SECRET_STORED: _("%(who)s handed over a key for %(what)s"),
    Action.SECRET_REVOKED: _("%(who)s deleted a key for %(what)s"),
    Action.CATEGORY_CORRECTED: _("%(who)s changed the category of %(what)s"),
    Action.CORRECTION_MADE: _("%(who)s changed the category of all problems like %(what)s"),
    Action.CORRECTION_REMOVED: _("%(who)s removed the category set for problems like %(what)s"),
    Action.RULE_MADE: _("%(who)s created a standing rule for %(what)s"),
    Action.RULE_ENDED: _("%(who)s stopped the standing rule for %(what)s"),
    Action.JOB_RESUMED: _("%(who)s resumed %(what)s"),
    Action.WEBHOOK_ADDED: _("%(who)s added a webhook to %(what)s"),
    Action.WEBHOOK_REMOVED: _("%(who)s removed the webhook to %(what)s"),
    Action.WEBHOOK_ON: _("%(who)s switched the webhook to %(what)s on"),
    Action.WEBHOOK_OFF: _("%(who)s switched the webhook to %(what)s off"),
    Action.CHANNEL_ADDED: _("%(who)s added a channel for notifications: %(what)s"),
    Action.CHANNEL_REMOVED: _("%(who)s removed a channel for notifications: %(what)s"),
    Action.CHANNEL_ON: _("%(who)s switched on a channel for notifications: %(what)s"),
    Action.CHANNEL_OFF: _("%(who)s switched off a channel for notifications: %(what)s"),
    Action.SETTING_CHANGED: _("%(who)s changed the setting %(what)s"),
}

CHOICES: Final[tuple[tuple[Any, tuple[tuple[Action, Any], ...]], ...]] = (
    (
        _("Sign-in"),
        (
            (Action.SIGNED_IN, _("Signed in")),
            (Action.SIGN_IN_FAILED, _("Sign-in failed")),
            (Action.SIGNED_OUT, _("Signed out")),
            (Action.LINK_MADE, _("Sign-in link created")),
            (Action.LINK_MAILED, _("Sign-in link emailed")),
            (Action.SESSION_ENDED, _("Another browser signed out")),
            (Action.OTHER_SESSIONS_ENDED, _("All other browsers signed out")),
            (Action.MEMBER_SIGNED_OUT, _("Member signed out everywhere")),
        ),
    ),
    (
        _("Ways to sign in"),
        (
            (Action.PASSWORD_SET, _("Password set")),
            (Action.PASSWORD_REMOVED, _("Password removed")),
            (Action.SECOND_FACTOR_ON, _("Two-step verification turned on")),
            (Action.SECOND_FACTOR_OFF, _("Two-step verification turned off")),
            (Action.RECOVERY_CODES_MADE, _("Recovery codes created")),
            (Action.RECOVERY_CODE_USED, _("Recovery code used")),
            (Action.PASSKEY_ADDED, _("Passkey added")),
            (Action.PASSKEY_REMOVED, _("Passkey removed")),
            (Action.IDENTITY_LINKED, _("Account connected")),
            (Action.IDENTITY_UNLINKED, _("Account disconnected")),
        ),
    ),
    (
        _("People"),
        (
            (Action.PERSON_INVITED, _("Invited")),
            (Action.INVITATION_ENDED, _("Invitation revoked")),
            (Action.INVITATION_ACCEPTED, _("Invitation accepted")),
            (Action.MEMBER_ADDED, _("Member added")),
            (Action.MEMBER_CHANGED, _("Role changed")),
            (Action.MEMBER_REMOVED, _("Member removed")),
            (Action.PERSON_RENAMED, _("Name changed")),
            (Action.ADDRESS_WANTED, _("New email address requested")),
            (Action.ADDRESS_CHANGED, _("Email address changed")),
        ),
    ),
    (
        _("Tokens and settings"),
        (
            (Action.TOKEN_MADE, _("Token created")),
            (Action.TOKEN_ENDED, _("Token revoked")),
            (Action.TOKEN_OFFERED, _("Link for a token created")),
            (Action.OFFER_TAKEN, _("Link for a token used")),
            (Action.TOKEN_REPLACED, _("Token replaced")),
            (Action.WEBHOOK_ADDED, _("Webhook added")),
            (Action.WEBHOOK_REMOVED, _("Webhook removed")),
            (Action.WEBHOOK_ON, _("Webhook switched on")),
            (Action.WEBHOOK_OFF, _("Webhook switched off")),
            (Action.CHANNEL_ADDED, _("Channel added")),
            (Action.CHANNEL_REMOVED, _("Channel removed")),
            (Action.CHANNEL_ON, _("Channel switched on")),
            (Action.CHANNEL_OFF, _("Channel switched off")),
            (Action.SETTING_CHANGED, _("Setting changed")),
        ),
    ),
    (
        _("Answers and rules"),
        (
            (Action.QUESTION_ANSWERED, _("Answered")),
            (Action.QUESTION_SKIPPED, _("Skipped")),
            (Action.ANSWER_TAKEN_BACK, _("Answer taken back")),
            (Action.ASKED_BACK, _("Agent asked back")),
            (Action.QUESTION_ASSIGNED, _("Question assigned")),
            (Action.NOTE_ADDED, _("Note added")),
            (Action.DEADLINE_EXTENDED, _("Deadline extended")),
            (Action.TEXT_ERASED, _("Text erased")),
            (Action.SECRET_STORED, _("Key handed over")),
            (Action.SECRET_REVOKED, _("Key deleted")),
            (Action.CATEGORY_CORRECTED, _("Category changed")),
            (Action.CORRECTION_MADE, _("Category of a kind changed")),
            (Action.CORRECTION_REMOVED, _("Category of a kind removed")),
            (Action.RULE_MADE, _("Standing rule created")),
            (Action.RULE_ENDED, _("Standing rule stopped")),
            (Action.JOB_RESUMED, _("Job resumed")),
        ),
    ),
)
"""What can be chosen from, in groups."""

_WAYS: Final = {
    "link": _("with a one-time link"),
    "password": _("with a password"),
    "passkey": _("with a passkey"),
    "invitation": _("with an invitation"),
    "oidc": _("through the sign-in provider"),
    "totp": _("two-step verification"),
}

_ROLES: Final = {
    "observer": _("can view"),
    "founder": _("can answer"),
    "owner": _("owner"),
    "agent": _("agent"),
    "never_retry": _("Only a person can fix this"),
    "env_error": _("Waiting can fix this"),
    "code_error": _("Another approach can fix this"),
}
"""Of people, tokens and problems: what a word of the desk means."""

Questions = Mapping[str, AgentEscalation]


def sentence(row: AuditEvent, names: Mapping[str, str], questions: Questions) -> Markup:
    """One entry in words; `names` are those of the people to whom something was done, `questions`
    those that are spoken of."""
    what = _question(row, questions) or _what(row, names)
    words = {"who": Markup("<bdi>{}</bdi>").format(row.actor_name), "what": what}
    said = SENTENCES.get(row.action)
    if said is None:  # of a later version of the desk
        return Markup("{who}: {}").format(row.action, **words)
    return escape(str(said)) % words


def _question(row: AuditEvent, questions: Questions) -> Markup | None:
    kind, _colon, key = row.subject.partition(":")
    if kind != "question":
        return None
    asked = questions.get(row.subject)
    words = brief(asked.plain_english_problem) if asked else gettext("a question")
    return Markup('<a href="/escalations/{}" dir="auto">{}</a>').format(key, words)


def _what(row: AuditEvent, names: Mapping[str, str]) -> Markup:
    kind, _colon, key = row.subject.partition(":")
    if kind == "person" and row.action != Action.PERSON_RENAMED:
        return Markup("<bdi>{}</bdi>").format(names.get(row.subject, row.subject))
    return Markup("<bdi>{}</bdi>").format(row.details.get("name") or key or row.subject)


def remarks(row: AuditEvent, questions: Questions) -> list[str]:
    """What else is known of it, each a few words."""
    values = row.details
    said: list[str] = []
    if way := values.get("how"):
        said.append(str(_WAYS.get(way, way)))
    if decision := values.get("decision"):
        asked = questions.get(row.subject)
        label = label_of(asked, decision) if asked else decision
        said.append(gettext("Answer: %(decision)s", decision=label))
    if prefix := values.get("prefix"):
        said.append(f"{prefix}…")
    named = [values[name] for name in ("role", "scope", "category") if values.get(name)]
    said += [str(_ROLES.get(name, name)) for name in named]
    if projects := values.get("projects"):
        said.append(", ".join(projects))
    if until := values.get("until"):
        said.append(gettext("until %(day)s", day=str(until)[:10]))
    if unwritten := values.get("unwritten"):
        said.append(gettext("%(number)s more, only counted", number=unwritten))
    return said
