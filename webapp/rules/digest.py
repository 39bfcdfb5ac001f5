"""The digest of what a founder is shown: an answer, a rule and a joining report are bound to it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any


def digest_of(
    *,
    problem: str,
    action: str,
    options: Iterable[Mapping[str, Any]],
    category: str | None,
    agent_worded: Iterable[str],
    recommended: str | None = None,
    more: Mapping[str, Any] | None = None,
) -> str:
    """Return 64 hex digits that differ as soon as anything that a founder decides by differs.

    `agent_worded` names the fields that the agent worded itself: the same words from the server
    and from an agent are two questions. `more` holds what only some questions have, by name, such
    as a schema or attachments; what is None in it does not count, so that a new kind of content
    leaves the digests of all other questions as they are.
    """
    shown: dict[str, Any] = {
        "problem": problem,
        "action": action,
        "options": [_shown(option) for option in options],
        "category": category,
        "agent_worded": sorted(agent_worded),
        "recommended": recommended,
    }
    shown |= {name: value for name, value in (more or {}).items() if value is not None}
    text = json.dumps(shown, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def of_options(options: Iterable[Mapping[str, Any]]) -> str:
    """Return 64 hex digits that are the same for questions with the same options."""
    text = json.dumps([_shown(option) for option in options], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def with_files(digest: str, files: Iterable[Mapping[str, Any]]) -> str:
    """Return the digest of a question that is shown with these files beside it."""
    shown = [digest, [[file["name"], file["media_type"], file["sha256"]] for file in files]]
    return hashlib.sha256(json.dumps(shown, separators=(",", ":")).encode()).hexdigest()


def _shown(option: Mapping[str, Any]) -> list[Any]:
    value = str(option["value"])
    label = str(option.get("label") or value)
    return [value, label, str(option.get("description") or ""), bool(option.get("irreversible"))]
