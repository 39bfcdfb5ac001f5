"""A failed tool becomes a report, a tool that works heals: with the rules against noise."""

from typing import Final

from webapp.actors import Actor
from webapp.desk.api.hooks.events import Failed, Worked
from webapp.desk.api.which import policy
from webapp.operations import problems
from webapp.operations.reports import cleaning, receive
from webapp.operations.reports.context import Report
from webapp.operations.reports.verdict import Verdict
from webapp.rules import noise
from webapp.rules.categories import Category, Family
from webapp.rules.classification import classify

_AT_FIRST_SIGHT: Final = frozenset(
    {
        Family.MISSING_CREDENTIALS,
        Family.INVALID_CREDENTIALS,
        Family.EXPIRED_CREDENTIALS,
        Family.PERMISSION,
        Family.BILLING_QUOTA,
    }
)
"""What the founder is asked about right away. Anything else has to fail more often first: an
agent's hook fires for much that the agent gets over by itself."""

_LONGEST_TYPE: Final = 200


def report(failed: Failed, job_id: str, project_id: str | None, *, by: Actor) -> Verdict | None:
    """The verdict; None, and nothing is on record, for what is no failure."""
    use, error = failed.use, cleaning.kept(failed.error) or ""
    code, output = noise.exit_code(error)
    code = failed.code if failed.code is not None else code
    if use.command is not None and noise.says_no(use.command, code, output):
        return None
    error_type = "CommandFailed" if use.command is not None else f"{use.tool[:_LONGEST_TYPE]}Failed"
    message = error if output else f"{error.strip()} {use.task}".strip()
    if use.subject is not None and use.subject not in message:
        message = f"{message} ({use.subject})"  # or all files would share one problem
    told = Report(
        session_id=use.source.session_id,
        error_type=error_type,
        error_message=message,
        intent=use.task,
        approach=use.task,
        category=_category(error_type, message),
        id=use.id,
    )
    return receive.report(job_id, project_id, told, by=by, policy=policy())


def heal(worked: Worked, job_id: str, project_id: str | None, *, by: Actor) -> None:
    """The same works now: what failed of it before is over."""
    problems.heal_task(job_id, project_id, worked.use.task, by=by)


def _category(error_type: str, message: str) -> Category | None:
    """None where the rules decide; a milder one for what need not be asked at first sight."""
    found = classify(error_type, message)
    if found.category is not Category.NEVER_RETRY or found.family in _AT_FIRST_SIGHT:
        return None
    return Category.ENV_ERROR if found.family is Family.RATE_LIMIT else Category.CODE_ERROR
