"""The identity of a problem within a project."""

import hashlib
from typing import Final

from webapp.rules.classification import recognise
from webapp.rules.limits import MAX_PART_CHARS, MAX_SIGNATURE_CHARS, clean_text
from webapp.rules.masks import mask, mask_subject
from webapp.rules.reading import read
from webapp.rules.salience import salient_line
from webapp.rules.synonyms import one_word_for

VERSION: Final = "v1"
"""Raised when the algorithm changes, so that old and new signatures never merge silently."""

HASH_CHARS: Final = 16


def signature(project_id: str, error_type: str, message: str, suffix: str | None = None) -> str:
    """Return `{project_id}:{error_type}:v1-{hash}`, at most 800 characters.

    The hash stands for the normalised subject of the message (`explain`). With a `suffix` of the
    agent's own, that stands in the place of version and hash.
    """
    last = clean_text(suffix) if suffix else f"{VERSION}-{_digest(explain(message, error_type))}"
    parts = (project_id, error_type, last)
    return ":".join(_fitted(clean_text(part)) for part in parts)[:MAX_SIGNATURE_CHARS]


def explain(message: str, error_type: str = "") -> str:
    """Return the normalised subject that a signature is made of, for the technical details."""
    found = recognise(error_type, message)
    if found.match.identifies:
        subject = one_word_for(found.rule.name, mask_subject(found.match.subject))
        return f"{found.rule.name}|{subject}" if subject else found.rule.name
    return mask(salient_line(read(error_type, message)))


def _digest(subject: str) -> str:
    return hashlib.sha256(subject.encode("utf-8", "replace")).hexdigest()[:HASH_CHARS]


def _fitted(part: str) -> str:
    """Return `part`, or a cut that stays unique if it is longer than the contract allows."""
    if len(part) <= MAX_PART_CHARS:
        return part
    return f"{part[: MAX_PART_CHARS - HASH_CHARS - 1]}~{_digest(part)}"
