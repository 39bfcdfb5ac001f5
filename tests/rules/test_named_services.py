"""A question names the service that the message names, and never one that only a rule is called
after."""

import pytest

from webapp.rules.phrases.services import SERVICES, Service, find_service
from webapp.rules.plain_language import looks_like
from webapp.rules.wording import service_of


@pytest.mark.parametrize(
    ("message", "service"),
    [
        ("429: rate limit exceeded for api.github.com", "GitHub"),
        ("API rate limit exceeded for user 7 on api.github.com, resets at 12:40 UTC", "GitHub"),
        ("gh: HTTP 403 from https://api.github.com/repos", "GitHub"),
        ("toomanyrequests: You have reached your pull rate limit on docker.io", "Docker Hub"),
        ("429 Too Many Requests from https://api.openai.com/v1/chat", "OpenAI"),
        ("401 Unauthorized https://api.stripe.com/v1/charges", "Stripe"),
        ("503 Service Unavailable: https://gitlab.com/api/v4", "GitLab"),
        ("Environment variable ANTHROPIC_API_KEY is not set", "Anthropic"),
        ("KeyError: 'SENDGRID_API_KEY'", "SendGrid"),
        ("429 from https://api.weather.example/v2", "a service at api.weather.example"),
        ("HTTP 000 CONNECTION FAILED for url <https://packages.example.org/index.json>",
         "a service at packages.example.org"),
        ("fatal: could not read Username for 'https://git.example.net': terminal prompts disabled",
         "a service at git.example.net"),
        ("No identity provider for https://token.ci.example.com was found in your account",
         "a service at token.ci.example.com"),
        ("403 Forbidden https://user:secret@hub.example.com/v2", "a service at hub.example.com"),
        ("429 Too Many Requests: please retry after 45 seconds", "a service that this step needs"),
        ("401 Unauthorized. See https://docs.example.com/auth", "a service that this step needs"),
        ("503 from http://cart.internal/health", "a service that this step needs"),
        ("401 from http://10.0.0.7/login", "a service that this step needs"),
    ],
)  # fmt: skip
def test_the_service_comes_from_the_message(message: str, service: str) -> None:
    assert service_of("Error", message).name == service


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_known_service_is_found_by_each_needle_and_reads_plainly(service: Service) -> None:
    for needle in service.needles:
        assert find_service(f"401 from {needle}").name == service.name, needle
    for text in (f"{service.name} says no.", f"You can find it {service.keys}."):
        assert looks_like(text) is None, text
    assert looks_like(f"You can find it {service.plan}.") is None
