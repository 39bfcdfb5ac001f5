"""What a language model is told names the type of an error once."""

from types import SimpleNamespace

import pytest

from webapp.operations.reports import verdict


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("KeyError: STRIPE_API_KEY", "KeyError: STRIPE_API_KEY"),
        ("STRIPE_API_KEY", "KeyError: STRIPE_API_KEY"),
        ("KeyErrors everywhere", "KeyError: KeyErrors everywhere"),
    ],
)
def test_the_type_of_an_error_is_named_once(message: str, told: str) -> None:
    report = SimpleNamespace(error_type="KeyError", error_message=message)
    assert verdict._what_failed(report) == told
