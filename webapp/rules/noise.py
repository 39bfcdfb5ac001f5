"""What a coding agent's hook calls a failure and is none: a search without a hit, a test that says
no. Only exit codes count, never what an output reads like."""

import re
import shlex
from typing import Final

_EXIT: Final = re.compile(
    r"\s*(?:error: *)?(?:exit code|exited with code|command (?:exited|failed) with "
    r"(?:non-zero )?(?:exit )?(?:status|code)(?: code)?)[ :]*(\d{1,3})\b[.:]?",
    re.IGNORECASE,
)
"""How agents write an exit code before the output of a command."""

_LOOKING: Final = frozenset(
    {
        *("grep", "egrep", "fgrep", "zgrep", "pgrep", "rg", "ag", "ack"),
        *("test", "[", "[[", "diff", "cmp", "which"),
    }
)
"""Commands that say no by exit code 1, and then write nothing."""

_COMPARING: Final = frozenset({"diff", "cmp"})
"""Those of them that say no and write what they found."""

_BEFORE: Final = frozenset({"sudo", "time", "command", "env", "nice", "!"})
_SEPARATOR: Final = re.compile(r"[;&|]+")
_SETTING: Final = re.compile(r"\w+=")
_LONGEST: Final = 4_000  # characters of a command that is looked at


def exit_code(error: str) -> tuple[int | None, str]:
    """The exit code that an error text begins with, or None, and the output that follows it."""
    found = _EXIT.match(error)
    return (None, error) if found is None else (int(found[1]), error[found.end() :].strip())


def says_no(command: str, code: int | None, output: str) -> bool:
    """Whether a command with that exit code did its work, and its answer is no."""
    if code != 1:
        return False
    name = _last_name(command)
    return name in _COMPARING or (name in _LOOKING and not output.strip())


def _last_name(command: str) -> str | None:
    """The name of the last command of a line, whose exit code is that of the line."""
    words = _last_command(command)
    while words and (words[0] in _BEFORE or _SETTING.match(words[0])):
        words = words[1:]
    if not words:
        return None
    name = words[0].rpartition("/")[2]
    return words[1] if name == "git" and len(words) > 1 else name


def _last_command(command: str) -> list[str]:
    if len(command) > _LONGEST:
        return []
    lexer = shlex.shlex(command.strip().replace("\n", " ; "), posix=True, punctuation_chars=";&|")
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        for word in lexer:
            words = [] if _SEPARATOR.fullmatch(word) else [*words, word]
    except ValueError:  # a quote that is never closed
        return []
    return words
