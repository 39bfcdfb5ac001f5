"""Where a link leads, as it is shown beside it."""

import pytest

from webapp.rules.links import host


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://shop.example.com:8443/a?b=c", "shop.example.com"),
        ("https://SHOP.example.com", "shop.example.com"),
        ("https://\u0435xample.com/", "xn--xample-2of.com"),  # a Cyrillic letter
        (
            "https://www.bank.example." + "a." * 60 + "evil.example/",
            "…" + "a." * 34 + "evil.example",
        ),
        ("https://" + "a" * 70 + ".example/", "a" * 70 + ".example"),
        ("https://[::1]/", "::1"),
    ],
)
def test_a_link_says_where_it_leads(url: str, shown: str) -> None:
    assert host(url) == shown
