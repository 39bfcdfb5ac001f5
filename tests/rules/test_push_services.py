"""To which addresses push messages go: those of browsers' push services, and no others."""

import pytest

from webapp.rules import push_services
from webapp.rules.public_addresses import NotAllowed


@pytest.mark.parametrize(
    "url",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
        "https://fcm.googleapis.com:443/fcm/send/abc",
        "https://push.example.com/abc",
    ],
)
def test_a_push_service_is_sent_to(url: str) -> None:
    assert push_services.check(url, ["push.example.com"], private=False).scheme == "https"


@pytest.mark.parametrize(
    "url",
    [
        "http://fcm.googleapis.com/abc",
        "https://fcm.googleapis.com:8443/abc",
        "https://fcm.googleapis.com.evil.example/abc",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com@evil.example/abc",
        "https://notify.windows.com/abc",
        "https://xnotify.windows.com/abc",
        "https://.notify.windows.com/abc",
        "https://127.0.0.1/abc",
        "https://169.254.169.254/abc",
        "https://[::1]/abc",
        "",
    ],
)
def test_nothing_else_is_sent_to(url: str) -> None:
    with pytest.raises(NotAllowed):
        push_services.check(url, [], private=False)
