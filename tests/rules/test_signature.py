"""Signatures: what is one problem, what is two, and what must not matter."""

from collections import defaultdict
from itertools import combinations
from random import Random

import pytest
from evaluate_perturb import perturb
from examples import EXAMPLES

from webapp.rules.limits import MAX_SIGNATURE_CHARS
from webapp.rules.masks import mask
from webapp.rules.reading import read
from webapp.rules.salience import salient_line
from webapp.rules.signature import explain, is_computed, signature


def signed(error_type: str, message: str) -> str:
    return signature("shop", error_type, message)


def test_the_form_is_project_type_version_and_hash() -> None:
    project, error_type, last = signed("KeyError", "KeyError: 'PORT'").split(":")
    assert (project, error_type) == ("shop", "KeyError")
    assert last.startswith("v1-")
    assert len(last) == len("v1-") + 16


def test_a_suffix_of_the_agents_own_stands_in_the_place_of_the_hash() -> None:
    found = signature("shop", "KeyError", "anything", "checkout-tax")
    assert found == "shop:KeyError:own-checkout-tax"
    assert not is_computed(found)
    assert is_computed(signed("KeyError", "KeyError: 'PORT'"))


def test_no_choice_of_names_takes_the_signature_of_another_problem() -> None:
    one = signature("alpha", "Key", "anything", "x:y")
    assert one != signature("alpha", "Key:x", "anything", "y")
    claimed = signature("alpha", "Key", "anything", "x:v1-0123456789abcdef")
    assert not is_computed(claimed)


def test_no_signature_is_longer_than_its_column_and_long_parts_stay_apart() -> None:
    long_one, long_other = "a" * 600, "a" * 599 + "b"
    one = signature(long_one, long_one, "m", long_one)
    assert len(one) <= MAX_SIGNATURE_CHARS
    assert one != signature(long_other, long_one, "m", long_one)
    assert len(signature("p" * 255, "e" * 255, "m")) <= MAX_SIGNATURE_CHARS


def test_examples_of_different_problems_never_share_a_signature() -> None:
    groups = defaultdict(set)
    for example in EXAMPLES:
        groups[signed(example.error_type, example.message)].add(example.group)
    assert [found for found in groups.values() if len(found) > 1] == []


def test_nearly_all_examples_of_one_problem_share_a_signature() -> None:
    pairs = [
        (one, other)
        for one, other in combinations(EXAMPLES, 2)
        if (one.group, one.error_type) == (other.group, other.error_type)
    ]
    same = [
        pair
        for pair in pairs
        if signed(pair[0].error_type, pair[0].message)
        == signed(pair[1].error_type, pair[1].message)
    ]
    assert len(pairs) > 90
    assert len(same) / len(pairs) > 0.95


def test_a_repetition_on_another_machine_and_day_keeps_the_signature() -> None:
    kept = total = 0
    for number, example in enumerate(EXAMPLES):
        for turn in range(5):
            again = perturb(example.message, Random(number * 10 + turn))
            total += 1
            kept += signed(example.error_type, again) == signed(example.error_type, example.message)
    assert kept / total >= 0.99


def test_a_problem_that_no_rule_names_survives_another_machine_and_day_too() -> None:
    kept = total = 0
    for number, example in enumerate(EXAMPLES):
        again = perturb(example.message, Random(number))
        total += 1
        kept += named_by_its_main_line(again) == named_by_its_main_line(example.message)
    assert kept / total >= 0.97


def named_by_its_main_line(message: str) -> str:
    """What the signature stands for where no rule names the problem."""
    return mask(salient_line(read("Error", message)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            'jest@29.3.1: The engine "node" is incompatible with this module. Expected ">=18"',
            'boxen@7.0.0: The engine "node" is incompatible with this module. Expected ">=14"',
        ),
        (
            "MongoError: user is not allowed to do action [find] on [test.modmails]",
            "MongoError: user is not allowed to do action [listIndexes] on [test.modmails]",
        ),
        (
            "npm error code E403\nnpm error 403 Forbidden - you must verify your email",
            "npm error code E403\nnpm error 403 Forbidden - You do not have permission to publish",
        ),
        (
            "(AccessDenied) when calling the ListObjectsV2 operation: Access Denied",
            "(AccessDenied) when calling the ListBuckets operation: Access Denied",
        ),
        ("No module named 'requests'", "No module named 'numpy'"),
        ('relation "users" does not exist', 'relation "orders" does not exist'),
        ("connect ECONNREFUSED 127.0.0.1:5432", "connect ECONNREFUSED 127.0.0.1:6379"),
        ("KeyError: 'STRIPE_KEY'", "KeyError: 'MAIL_KEY'"),
        (
            "No API key provided. Set it in the environment variable PAYMENTS_API_KEY.",
            "No API key provided. Set it in the environment variable NEWSLETTER_API_KEY.",
        ),
        ("Missing API key: PAYMENTS_API_KEY", "Missing API key: NEWSLETTER_API_KEY"),
        (
            "The api_key client option must be set or the OPENAI_API_KEY environment variable",
            "The api_key client option must be set or the ANTHROPIC_API_KEY environment variable",
        ),
        ("http://payments:8080 ECONNREFUSED payments:8080", "ECONNREFUSED mailer:8080"),
        ("Rate limit exceeded for the weather service", "Rate limit exceeded for the map service"),
        ("Incorrect API key provided: sk-1.", "You exceeded your current quota, check your plan"),
        ("getaddrinfo ENOTFOUND api.a.dev", "getaddrinfo ENOTFOUND api.b.dev"),
        ("Cannot find module 'express'", "Cannot find module 'cors'"),
        (
            "404 Client Error: Not Found for url: https://a.dev/x",
            "404 Client Error: Not Found for url: https://b.dev/x",
        ),
        (
            "error[E0433]: failed to resolve: use of undeclared crate or module `rand`",
            "error[E0433]: failed to resolve: use of undeclared crate or module `tokio`",
        ),
        (
            "error: package `time v0.3` cannot be built because it requires rustc 1.67.1",
            "error: package `clap_lex v0.7` cannot be built because it requires rustc 1.74",
        ),
        (
            "401 Client Error: Unauthorized for url: https://a.dev/x",
            "401 Client Error: Unauthorized for url: https://b.dev/x",
        ),
        (
            "[Errno 111] Connection refused http://localhost:11434/api",
            "[Errno 111] Connection refused http://localhost:6333/api",
        ),
        ("invalid_api_key", "groq: invalid_api_key: Invalid API Key"),
        ("...", "!!!"),
        ("--", "..."),
        ("12345", "67890"),
        ("/tmp/a1", "/tmp/b2"),
        ("failed to open cart.db: permission denied", "failed to open till.db: permission denied"),
        ("the frobnicator wobbles in sector seven", "the frobnicator sings in sector seven"),
    ],
)
def test_another_subject_or_cause_is_another_problem(one: str, other: str) -> None:
    assert signed("Error", one) != signed("Error", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Error: certificate has expired", "CERT_HAS_EXPIRED: the request failed"),
        (
            "  Deploy did not succeed: Deploy directory 'dist' does not exist",
            "1:32:25 PM:   Deploy did not succeed: Deploy directory 'dist' does not exist",
        ),
        (
            "(sqlite3.OperationalError) database is locked",
            "django.db.utils.OperationalError: database is locked",
        ),
        (
            "ERROR 1071 (42000) at line 30: Specified key was too long; max key length is 767",
            "SQLSTATE[42000]: Syntax error: 1071 Specified key was too long; max",
        ),
        (
            "Error: P1001: Can't reach database server at `192.168.101.65`:`3306`",
            'Error: P1001\n\nCan\'t reach database server at "xxx.xxx.xxx.xxx":"3306"',
        ),
        (
            'shop failed: Error: the toolkit stack must be deployed to it (Run "cdk bootstrap aws://077590795309/x")',
            'web failed: Error: the toolkit stack must be deployed to it (Run "cdk bootstrap aws://unknown/eu-west-1")',
        ),
        (
            "[12:01:02] widget 12345678 broke at line 4",
            "[09:44:10] widget 87654321 broke at line 93",
        ),
        ("cannot open /home/kim/app/data.csv", "cannot open /Users/max/work/data.csv"),
        ("request_id=ab12cd34 the cart is empty", "request_id=99ff00aa the cart is empty"),
        ("gave up after 1.53 s waiting for widgets", "gave up after 12.7 s waiting for widgets"),
        ("object at 0x7f01a2b3c4d5 is not usable", "object at 0x10aa2b3c9 is not usable"),
        ("\x1b[31mthe cart is broken\x1b[0m", "the cart is broken"),
        ("Jan  2 15:04:05 web1 app[123]: cart lost", "Mar 19 01:04:05 web7 app[9123]: cart lost"),
        (
            "on Tue, 02 Jan 2024 15:04:05 GMT cart lost",
            "on Mon, 19 Feb 2024 01:04:05 GMT cart lost",
        ),
        ("[02/Jan/2024:15:04:05 +0000] cart lost", "[19/Mar/2024:01:04:05 +0200] cart lost"),
        ("cart lost after 1m 23s", "cart lost after 59s"),
        ("cart lost at app.py:12:5", "cart lost at /srv/x/app.py:99:1"),
        ("cart lost at shop.ts(12,5)", "cart lost at shop.ts(9,77)"),
        ("pod web-7d9f8c6b5-x2k4p lost", "pod web-5c6d7b8f9-q1w2e lost"),
        ("cart lost, attempt 3/5", "cart lost, attempt 4/5"),
        ("1,234 carts lost [====>    ] 45%", "1,999 carts lost [======>  ] 61%"),
        ("cart lost at commit abc1234", "cart lost at commit deadbee"),
        ("cart lost (5144 bytes)", "cart lost (99 bytes)"),
        ("127.0.0.1:53422 lost its cart", "127.0.0.1:49152 lost its cart"),
        ("Error while packing: the cart cannot hold any more", "the cart cannot hold any more"),
        ("RuntimeError('the cart cannot hold any more')", "the cart cannot hold any more"),
        ("shop.CartError: the cart cannot hold any more", "the cart cannot hold any more"),
        (
            "[CartError: the cart cannot hold any more]",
            "Error: gave up: shop.CartError: the cart cannot hold any more",
        ),
        (
            "2025-03-10T11:12:13.1+00:00 app[web.1]: the cart cannot hold any more",
            "bundle.js:654 the cart cannot hold any more",
        ),
        ("the cart cannot hold any more (/srv/a/cart.py)", "the cart cannot hold any more"),
        ("the cart broke\r\n  at line 4\r\n", "the cart broke\n  at line 4\n"),
        ("thread-4 of pool7 lost its cart", "thread-12 of pool3 lost its cart"),
        ("gave up after 12.5 ms, cart lost", "gave up after 340 ms, cart lost"),
        ("the cart nginx.conf:12 is broken", "the cart nginx.conf:310 is broken"),
    ],
)
def test_what_changes_each_time_does_not_matter(one: str, other: str) -> None:
    assert signed("Error", one) == signed("Error", other)


def test_the_explanation_names_the_subject_for_the_technical_details() -> None:
    assert explain("No module named 'requests'", "ModuleNotFoundError").endswith("requests")
