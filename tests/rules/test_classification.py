"""Each example gets its category, and every rule has a reason and a family that fit."""

import pytest
from examples import EXAMPLES, Example

from webapp.rules.catalog import rules
from webapp.rules.categories import Category, Family
from webapp.rules.classification import classify


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.group}-{e.error_type}")
def test_an_example_gets_its_category(example: Example) -> None:
    found = classify(example.error_type, example.message)
    assert found.category == example.category, found.rule


def test_there_are_enough_examples_to_mean_something() -> None:
    assert len(EXAMPLES) >= 150
    assert len({example.group for example in EXAMPLES}) >= 60


def test_a_message_that_nobody_knows_is_a_code_error_and_says_so() -> None:
    found = classify("Odd", "the frobnicator wobbles")
    assert (found.category, found.rule) == (Category.CODE_ERROR, "unrecognised")
    assert found.family is Family.UNRECOGNISED


def test_the_error_type_alone_can_be_what_is_recognised() -> None:
    assert classify("HTTP 401", "it did not work").category is Category.NEVER_RETRY
    assert classify("ECONNREFUSED", "it did not work").category is Category.ENV_ERROR
    assert classify("HTTP 429", "slow down").category is Category.NEVER_RETRY


def test_the_same_words_in_a_request_that_is_too_large_are_a_code_error() -> None:
    limit = "on tokens per min (TPM): Limit 30000, "
    waits = f"Rate limit reached for gpt-4o {limit}Used 29000, Requested 2000. Try again in 2s."
    never = f"Request too large for gpt-4o {limit}Requested 41000. The input must be reduced."
    assert classify("RateLimitError", waits).category is Category.NEVER_RETRY
    assert classify("RateLimitError", never).category is Category.CODE_ERROR


def test_every_reason_reads_on_after_because() -> None:
    for rule in rules():
        assert rule.reason[0].islower() or rule.reason.split()[0] in {
            "Apple", "AWS", "Azure", "Discord", "Docker", "Firebase", "Firebase's", "GitHub",
            "Google", "Google's", "Microsoft's", "Slack", "Stripe", "Supabase", "Telegram",
            "Twilio", "Twilio's",
        }, rule.name  # fmt: skip
        assert not rule.reason.endswith("."), rule.name


def test_every_family_of_a_rule_fits_its_category() -> None:
    """A family is read by founders: one that asks for a key must not stand under a code error."""
    only_a_person = {
        Family.MISSING_CREDENTIALS, Family.INVALID_CREDENTIALS, Family.EXPIRED_CREDENTIALS,
        Family.PERMISSION, Family.BILLING_QUOTA, Family.RATE_LIMIT, Family.ACCOUNT_SETUP,
    }  # fmt: skip
    for rule in rules():
        assert (rule.family in only_a_person) == (rule.category is Category.NEVER_RETRY), rule.name


@pytest.mark.parametrize(
    "message",
    [
        "No API key provided. Set it in the environment variable PAYMENTS_API_KEY.",
        "The environment variable PAYMENTS_API_KEY is not set",
        "KeyError: 'STRIPE_API_KEY'",
        "Missing required environment variable: STRIPE_SECRET_KEY",
        "SENDGRID_API_KEY is undefined",
        "Invalid environment variables: { RESEND_API_KEY: [ 'Required' ] }",
        "1 validation error for Settings\nTWILIO_AUTH_TOKEN\n  Field required",
    ],
)
def test_a_key_or_password_that_nobody_has_set_is_for_a_person(message: str) -> None:
    found = classify("Error", message)
    assert (found.category, found.family) == (Category.NEVER_RETRY, Family.MISSING_CREDENTIALS)


@pytest.mark.parametrize(
    "message",
    [
        "The environment variable NODE_ENV is not set",
        "PORT is not set",
        "KeyError: 'access_token'",
        "ReferenceError: access_token is not defined",
        "The SECRET_KEY setting must not be empty",
        "error: JWT_SECRET is missing",
    ],
)
def test_other_settings_and_names_of_the_program_are_code_errors(message: str) -> None:
    assert classify("Error", message).category is Category.CODE_ERROR
