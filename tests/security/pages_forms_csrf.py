"""The token that every form of a page carries."""

import re


def csrf_token(text: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found, "there is no form on this page"
    return found[1]
