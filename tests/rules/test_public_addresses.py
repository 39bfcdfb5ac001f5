"""Where the server sends if a stranger names the address."""

import pytest

from webapp.rules.public_addresses import NotAllowed, check, is_public


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/hook",
        "https:///hook",
        "https://user:secret@example.com/hook",
        "https://example.com:0/hook",
        "https://example.com:99999/hook",
        "https://127.0.0.1/hook",
        "https://10.1.2.3/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.1]/hook",
        "https://[fe80::1]/hook",
        "https://[64:ff9b::a00:1]/hook",
        "https://[2002:a00:1::]/hook",
        "https://0.0.0.0/hook",
        "https://example.com/a b",
        "https://example.com/\r\nX-Evil: 1",
        "https://exämple.com/hook",
        "https://[::1/hook",
        "https://example.com/" + "a" * 2000,
        "javascript:alert(1)",
        "",
    ],
)
def test_an_address_that_leads_inside_or_cannot_be_one_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        check(url, private=False)


@pytest.mark.parametrize("url", ["https://example.com", "https://1.1.1.1:8443/hook?a=b"])
def test_an_address_of_the_internet_is_fine(url: str) -> None:
    assert check(url, private=False).hostname


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/hook", "http://[::1]/hook"])
def test_the_setting_allows_this_network(url: str) -> None:
    assert check(url, private=True).hostname


@pytest.mark.parametrize(
    "address", ["224.0.0.1", "100.64.0.1", "192.168.0.1", "fc00::1", "ff02::1"]
)
def test_special_networks_are_not_public(address: str) -> None:
    assert not is_public(address)
