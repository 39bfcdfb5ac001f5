"""A question as an agent asks it."""

from collections.abc import Callable
from typing import Any

QUESTION: dict[str, Any] = {
    "session_id": "session-1",
    "error_type": "MissingCredential",
    "plain_english_problem": "I need a key for the payment service.",
    "options": [
        {"value": "provide_credentials", "label": "I’ve added the key"},
        {"value": "skip_feature", "label": "Skip this feature", "description": "No payments."},
    ],
}

Ask = Callable[..., dict[str, Any]]
