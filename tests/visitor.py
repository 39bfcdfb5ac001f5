"""A person whose browser runs no scripts: pages, cookies and forms over HTTP, nothing else."""

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar


@dataclass(frozen=True)
class Page:
    """A page as it came."""

    url: str
    status: int
    text: str

    def has_choice(self, name: str, value: str) -> bool:
        """Whether a radio button of that name and value is on the page."""
        return any(
            f'name="{name}"' in tag and f'value="{value}"' in tag
            for tag in re.findall(r'<input type="radio"[^>]*>', self.text)
        )

    def form(self, mark: str) -> tuple[str, dict[str, str]]:
        """Where the form leads whose opening tag holds `mark`, and its hidden fields."""
        found = re.search(rf"(<form[^>]*{re.escape(mark)}[^>]*>)(.*?)</form>", self.text, re.S)
        assert found, f"there is no form with {mark} on {self.url}"
        opening, content = found.groups()
        action = re.search(r' action="([^"]*)"', opening)
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', content)
        fields = {name: unescape(value) for name, value in hidden}
        return unescape(action.group(1)) if action else self.url, fields


class Visitor:
    """One browser session with the desk at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        # Without the proxies of the environment: the desk is on this machine.
        direct = urllib.request.ProxyHandler({})
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(direct, cookies)

    def get(self, path: str) -> Page:
        """Open a page."""
        return self._open(urllib.parse.urljoin(self.url, path), None)

    def submit(self, page: Page, mark: str = 'id="answer"', **fields: str | None) -> Page:
        """Send the form with its hidden fields and these; returns the page it leads to."""
        action, hidden = page.form(mark)
        sent = hidden | {name: value for name, value in fields.items() if value is not None}
        data = urllib.parse.urlencode(sent).encode()
        return self._open(urllib.parse.urljoin(page.url, action), data)

    def sign_in(self, link: str) -> bool:
        """Use a one-time link. Returns whether it still worked."""
        page = self.get(link)
        return page.status == 200 and self.submit(page, 'method="post"').status == 200

    def _open(self, url: str, data: bytes | None) -> Page:
        try:
            answer = self._opener.open(url, data, timeout=30)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            return Page(answer.url, answer.status, answer.read().decode())
