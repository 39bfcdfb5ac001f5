"""The identity of a problem within a project."""

import hashlib
import re
from typing import Final

from webapp.rules.classification import recognise
from webapp.rules.limits import MAX_PART_CHARS, MAX_SIGNATURE_CHARS, clean_text
from webapp.rules.masks import mask, mask_subject
from webapp.rules.reading import read
from webapp.rules.salience import salient_line

VERSION: Final = "v1"
"""Raised when the algorithm changes, so that old and new signatures never merge silently."""

HASH_CHARS: Final = 16

OWN: Final = "own-"
"""What every signature of an agent's own begins with, so that it never takes a computed one."""

_PLACEHOLDER: Final = re.compile(r"<[a-z]+>|\b(?:n|tmp)\b")
_COMPUTED: Final = re.compile(r"v\d+-")


def signature(project_id: str, error_type: str, message: str, suffix: str | None = None) -> str:
    """Return `{project_id}:{error_type}:v1-{hash}`, at most 800 characters.

    The hash stands for the normalised subject of the message (`explain`). A `suffix` of the agent's
    own stands in the place of version and hash, in a namespace of its own.
    """
    last = own(suffix) if suffix else f"{VERSION}-{_digest(_subject(message, error_type))}"
    parts = (project_id, error_type, last)
    return ":".join(_fitted(clean_text(part)) for part in parts)[:MAX_SIGNATURE_CHARS]


def own(suffix: str) -> str:
    """Return the last part of a signature that an agent chose: `own-…`, and without a colon, so
    that it cannot be read as another kind of error with another suffix. What an agent got back may
    be sent again."""
    return OWN + clean_text(suffix).removeprefix(OWN).replace(":", "%3A")


def looks_computed(suffix: str) -> bool:
    """Say whether an agent's `suffix` claims to be one that this module computes."""
    return _COMPUTED.match(suffix) is not None


def is_computed(signature: str) -> bool:
    """Say whether `signature`, made here, identifies the problem by its message."""
    return looks_computed(signature.rpartition(":")[2])


def names_of(project_id: str, error_signature: str) -> tuple[str, str]:
    """Return what a problem may be called by an agent that names it as it sent or as it got it: the
    whole signature, and the last part in the namespace of agents' own ones."""
    head, _, last = error_signature.removeprefix(f"{project_id}:").rpartition(":")
    if head and error_signature.startswith(f"{project_id}:"):
        return error_signature, f"{project_id}:{head}:{own(last)}"
    return error_signature, own(error_signature)


def explain(message: str, error_type: str = "") -> str:
    """Return the normalised subject that a signature is made of, for the technical details."""
    found = recognise(error_type, message)
    if found.match.identifies:
        subject = found.rule.one_word_for(mask_subject(found.match.subject))
        return f"{found.rule.name}|{subject}" if subject else found.rule.name
    return mask(salient_line(read(error_type, message)))


def _subject(message: str, error_type: str) -> str:
    """What the hash is made of: the raw text where nothing but what varies is in it, so that "..."
    and "!!!" are two problems."""
    subject = explain(message, error_type)
    bare = _PLACEHOLDER.sub("", subject)
    return subject if any(letter.isalnum() for letter in bare) else f"{subject}|{message.strip()}"


def _digest(subject: str) -> str:
    return hashlib.sha256(subject.encode("utf-8", "replace")).hexdigest()[:HASH_CHARS]


def _fitted(part: str) -> str:
    """Return `part`, or a cut that stays unique if it is longer than the contract allows."""
    if len(part) <= MAX_PART_CHARS:
        return part
    return f"{part[: MAX_PART_CHARS - HASH_CHARS - 1]}~{_digest(part)}"
