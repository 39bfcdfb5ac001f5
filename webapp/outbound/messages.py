"""What all messages to people share: their language, their subject, and where links lead."""

from flask_babel import gettext, ngettext

from webapp import addresses
from webapp.config import Config
from webapp.outbound.questions import Told
from webapp.rules import headings
from webapp.rules.languages import LANGUAGES, SOURCE


def root(config: Config) -> str:
    """The address of this server for links in messages, without a slash at the end."""
    if config.public_url:
        return config.public_url
    running = addresses.running(config.data_dir)
    return running.best if running else f"http://localhost:{config.port}"


def language(code: str | None) -> str:
    """The language a person is written to in."""
    return code if code in LANGUAGES else SOURCE


def subject(told: Told, *, shows: bool) -> str:
    """What the message is about, in one line. `shows` says whether it may show the question."""
    count = len(told.questions)
    if count == 1 and shows:
        line = headings.shortened(headings.parts(told.questions[0].plain_english_problem))
    else:
        line = ngettext("%(num)s question is waiting", "%(num)s questions are waiting", count)
    return one_line(prefixed(told, line))


def prefixed(told: Told, line: str) -> str:
    """The line with why it is told now, if that's not because the question is new."""
    if told.is_summary:
        line = gettext("Daily summary: %(subject)s", subject=line)
    elif told.is_last_call:
        line = gettext("Deadline soon: %(subject)s", subject=line)
    elif told.is_reminder:
        line = gettext("Still waiting: %(subject)s", subject=line)
    if told.is_critical and not told.is_summary:
        line = gettext("Critical: %(subject)s", subject=line)
    return line


def one_line(text: str) -> str:
    """The text without line breaks, as a header may hold it."""
    return " ".join(text.split())
