"""What looks like a secret key, and what does not. None of these ever was one."""

import base64
import random
import string
import time
import uuid

import pytest

from tests.rules.examples import EXAMPLES
from webapp.rules.classification import classify
from webapp.rules.keys import HIDDEN, holds_key, without_keys
from webapp.rules.signature import signature

RANDOM = random.Random(7)
LETTERS = string.ascii_letters + string.digits


def made(length: int, letters: str = LETTERS) -> str:
    """Random characters, made here so that no scanner takes this file for a leak."""
    while True:
        text = "".join(RANDOM.choices(letters, k=length))
        if any(map(str.isdigit, text)) and any(map(str.isalpha, text)):
            return text


HEX, UPPER = "0123456789abcdef", string.ascii_uppercase + string.digits
JWT = ".".join(("eyJ" + made(30), "eyJ" + made(60), made(43)))
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{made(64)}\n{made(64)}\n-----END RSA PRIVATE KEY-----"

KEYS = {
    "Stripe": "sk_live_" + made(24),
    "Stripe, restricted": "rk_live_" + made(24),
    "Stripe, for tests": "sk_test_" + made(24),
    "Stripe, hooks": "whsec_" + made(32),
    "OpenAI": "sk-" + made(48),
    "OpenAI, project": "sk-proj-" + made(40) + "_" + made(20),
    "Anthropic": "sk-ant-api03-" + made(90),
    "OpenRouter": "sk-or-v1-" + made(64, HEX),
    "GitHub": "ghp_" + made(36),
    "GitHub, fine": "github_pat_" + made(22) + "_" + made(59),
    "GitLab": "glpat-" + made(20),
    "Slack": "xoxb-" + made(12, string.digits[1:] + "a") + "-" + made(24),
    "AWS": "AKIA" + made(16, UPPER),
    "Google": "AIza" + made(35),
    "SendGrid": "SG." + made(22) + "." + made(43),
    "npm": "npm_" + made(36),
    "PyPI": "pypi-AgEIcHlwaS5vcmc" + made(60),
    "Hugging Face": "hf_" + made(34),
    "Groq": "gsk_" + made(52),
    "Shopify": "shpat_" + made(32, HEX),
    "Resend": "re_" + made(8) + "_" + made(24),
    "Mailgun": "key-" + made(32, HEX),
    "DigitalOcean": "dop_v1_" + made(64, HEX),
    "Telegram": "123456789:AA" + made(33),
    "Unstuck": "unstuck_" + made(43),
    "JWT": JWT,
    "PEM": PEM,
}
BESIDE = {
    "an assignment": f"API_KEY={made(32)}",
    "JSON": f'{{"api_key": "{made(40)}"}}',
    "a header": f"Authorization: Bearer {made(40)}",
    "a sentence": f"Here you go, the key is {made(24)}",
    "a German sentence": f"Das Passwort ist {made(6)}-Xy7!",
    "a password": "the password is Tr0ub4dor&3",
    "a password, assigned": "DB_PASSWORD=" + "Tr0ub4dor&3x",
    "a password of PostgreSQL's tools": "export PGPASSWORD='Tr0ub4dor&3y'",
    "a header with name and password": "Authorization: Basic "
    + base64.b64encode(f"shop:{made(12)}".encode()).decode().rstrip("="),
    "an address": f"postgres://shop:{made(12)}@db.internal:5432/shop",
    "an address without a user": f"redis://:{made(20)}@cache:6379/0",
    "hex after a word for it": f"secret_key = {made(32, HEX)}",
    "AWS's other half": f"aws_secret_access_key = {made(40)}",
    "a hook": "https://hooks.slack.com/services/"
    + f"T0{made(8, UPPER)}/B0{made(8, UPPER)}/{made(24)}",
}
SHA = "3f2a9c1b7d4e5f60718293a4b5c6d7e8f9012345"
HARMLESS = [
    "Use the test key from the settings page.",
    "I've added the key to the environment of the agent.",
    "The key is in 1Password under “Payments”.",
    "Rotate the token and restart the worker, please.",
    "password authentication failed for user postgres",
    "The password must be at least 8 characters long",
    "Set STRIPE_SECRET_KEY in .env, not in the code.",
    "export OPENAI_API_KEY=your-key-here",
    "export OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxx",
    "OPENAI_API_KEY=${OPENAI_API_KEY}",
    "Incorrect API key provided: sk-pr***************************wxyz. You can find your key at …",
    "Incorrect API key provided: sk-...wxyz",
    "postgres://user:password@localhost/db is what the manual shows",
    "postgres://shop:***@db.internal/shop",
    "https://example.com:8443/path?a=b@c",
    "http://localhost:5000/sign-in",
    "git@github.com:acme/shop.git",
    f"commit {SHA}",
    f"The key commit is {SHA}",
    f"token {SHA[:7]} was tagged",
    f"cache key {SHA}",
    f"cache key: {'0f' * 32}",
    f"key={uuid.UUID(int=7**40)}",
    f"idempotency key {uuid.UUID(int=9**38)}",
    f"The API key id: {uuid.UUID(int=5**50)}",
    "KeyError: 'customer_email_address'",
    'duplicate key value violates unique constraint "uq_users_email_2024"',
    "DETAIL:  Key (email)=(anna@example.com) already exists.",
    "key is too long: 2048 characters",
    "Unexpected token } in JSON at position 1024",
    "SyntaxError: Unexpected token 'export' at /srv/app/src/index.js:12:34",
    "token limit 128000 exceeded: 131072",
    "invalid foreign key app_orders_customer_id_fkey_2",
    "primary key: orders_2024_partition_07",
    "Skip it: sk-learn-compatible-estimators are enough for the demo-2024.",
    "pypi-publish-action-v1-release failed",
    "re_evaluate_the_whole_design_first",
    "key-value-store-migration-2024-11",
    "secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:123456789012:secret",
    "Bearer token missing",
    "Authorization: Basic authentication is required",
    "PGPASSWORD is not set in Environment2",
    "The token expires 2026-01-31T12:00:00Z.",
    "credentials/application_default_credentials.json was not found",
    "npm_config_registry=https://registry.npmjs.org",
    "npm_package_version_check_failed",
    "sha256:" + "ab12" * 16,
    "integrity sha512-" + "Ab12" * 20,
]


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_recognised_wherever_it_stands(name: str) -> None:
    key = KEYS[name]
    secret = key.splitlines()[1] if name == "PEM" else key[-12:]
    for text in (key, f"Use {key}, please.", f"KEY='{key}'\n", f"({key})", f"see {key}\nand go on"):
        assert holds_key(text), text
        assert HIDDEN in without_keys(text)
        assert secret not in without_keys(text)


@pytest.mark.parametrize("name", BESIDE)
def test_what_looks_random_beside_a_word_for_it_is_a_key(name: str) -> None:
    assert holds_key(BESIDE[name])
    assert HIDDEN in without_keys(BESIDE[name])


@pytest.mark.parametrize("text", HARMLESS)
def test_words_ids_and_digests_are_no_keys(text: str) -> None:
    assert without_keys(text) == text
    assert not holds_key(text)


def test_everything_around_a_key_stays() -> None:
    first, second = KEYS["Stripe"], KEYS["GitHub"]
    text = f"Try {first} or else\n{second}!"
    assert without_keys(text) == f"Try {HIDDEN} or else\n{HIDDEN}!"
    address = "postgres://shop:Tr0ub4dor3x@db.internal/shop is refused"
    assert without_keys(address) == f"postgres://shop:{HIDDEN}@db.internal/shop is refused"
    assert without_keys(PEM).endswith(f"{HIDDEN}-----END RSA PRIVATE KEY-----")


def test_what_was_cleaned_is_clean() -> None:
    for text in [*KEYS.values(), *BESIDE.values()]:
        once = without_keys(text)
        assert without_keys(once) == once
        assert not holds_key(once)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.group)
def test_no_example_changes_its_signature_or_category(example) -> None:
    clean = without_keys(example.message)
    before = signature("shop", example.error_type, example.message)
    assert signature("shop", example.error_type, clean) == before
    assert classify(example.error_type, clean) == classify(example.error_type, example.message)


def test_two_keys_in_the_same_message_are_one_problem() -> None:
    said = "Error: the API answered 401 for {} of this account"
    first, second = (
        signature("shop", "AuthError", without_keys(said.format("sk_live_" + made(24))))
        for _ in range(2)
    )
    assert first == second


def test_no_random_id_is_taken_for_a_key() -> None:
    for _ in range(500):
        for text in (
            f"job {uuid.UUID(int=RANDOM.getrandbits(128), version=4)} failed",
            f"at commit {made(40, HEX)}",
            f"image sha256:{made(64, HEX)}",
            f"request id {made(20)}",
        ):
            assert not holds_key(text), text


@pytest.mark.parametrize("length", [16, 20, 32, 48])
def test_nearly_every_random_value_after_a_word_for_it_is_found(length: int) -> None:
    missed = [key for key in (made(length) for _ in range(500)) if not holds_key(f"api_key={key}")]
    assert len(missed) < 25, missed[:5]


@pytest.mark.parametrize(
    "text",
    [
        "key " * 250_000,
        "a" * 1_000_000,
        "eyJ" * 300_000,
        "-----BEGIN PRIVATE KEY-----" * 30_000,
        "http://" * 140_000,
        "sk-" * 300_000,
        "password=" * 100_000,
        "key: " + "aB3" * 300_000,
        "x://" + "a:" * 400_000,
        ("key: " + "ab" * 240 + "! ") * 2_000,
        ("sk-" + "ab" * 2_000 + "! ") * 250,
    ],
)
def test_a_megabyte_made_to_be_slow_is_read_in_a_moment(text: str) -> None:
    began = time.process_time()
    holds_key(text)
    without_keys(text)
    assert time.process_time() - began < 10
