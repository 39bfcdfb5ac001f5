"""Markdown of agents as HTML that can do nothing: no script, no picture, no style, no form.

The parser escapes raw HTML and leaves pictures as links; what it makes goes through nh3 with lists
of our own, so that neither has to be right alone. A link says where it leads, and only to the web.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from webapp.rules import headings

_BLOCKS: Final = {"p", "li", "blockquote", "h3", "h4", "h5", "h6"}
_TAGS: Final = _BLOCKS | {"a", "strong", "em", "code", "pre", "ol", "ul", "hr", "br"}
_ATTRIBUTES: Final[dict[str, set[str]]] = {"*": set(), "a": {"href"}, "ol": {"start"}} | {
    tag: {"dir"} for tag in _BLOCKS
}
_SCHEMES: Final = {"http", "https"}
_FIRST_HEADING: Final = 3  # below the headings of the page itself
_LONGEST: Final = 10_000
_MOST_BRACKETS: Final = 400
"""The parser takes quadratic time for brackets that lead nowhere."""

_END_OF_FIRST: Final = 3  # the first block opens, says something, and closes
_SAYING: Final = {"text", "code_inline", "softbreak", "hardbreak"}
_BARE: Final = {"text", "softbreak", "strong_open", "strong_close", "em_open", "em_close"}
_PARSER: Final = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block"])


class Parts(NamedTuple):
    """A text as its heading, what the heading leaves out, and all of it."""

    heading: str
    body: Markup
    html: Markup


@lru_cache(maxsize=64)
def parts(text: str) -> Parts:
    """The parts of a text. One that would take long to parse, or of which the page would leave
    words out, is shown as it is."""
    if len(text) > _LONGEST or text.count("[") > _MOST_BRACKETS:
        return _plain(text)
    env: dict[str, Any] = {}
    tokens = _PARSER.parse(text, env)
    if env.get("references") or any(map(_hides, tokens)):
        return _plain(text)
    heading = headings.parts(_words(tokens) or text).heading
    # A copy of its own for each: what is rendered is changed.
    says_all = _words(tokens) == heading and _is_bare(tokens)
    rest = _PARSER.parse(text)[_END_OF_FIRST:] if says_all else _PARSER.parse(text)
    return Parts(heading, _rendered(rest), _rendered(tokens))


def _hides(token: Token) -> bool:
    """Whether words of the text would be seen by nobody who reads the page: a title, the place of a
    link that is none, or more than the language behind the fence of a code."""
    if token.type == "fence":
        return len(token.info.split()) > 1
    links = (each for each in token.children or [] if each.type == "link_open")
    return any(each.attrGet("title") or not _host(str(each.attrGet("href"))) for each in links)


def _plain(text: str) -> Parts:
    read = headings.parts(text)
    return Parts(read.heading, _as_it_is(read.rest), _as_it_is(text))


def _as_it_is(text: str) -> Markup:
    return Markup('<p class="prose" dir="auto">{}</p>').format(text) if text else Markup()


def _is_bare(tokens: Sequence[Token]) -> bool:
    """Whether a heading can say all that the first block says."""
    return all(each.type in _BARE for each in tokens[1].children or [])


def _words(tokens: Sequence[Token]) -> str:
    """The words of the first block if it is a paragraph or a heading; else none."""
    if len(tokens) < 2 or tokens[0].type not in {"paragraph_open", "heading_open"}:
        return ""
    says = (each.content or " " for each in tokens[1].children or [] if each.type in _SAYING)
    return " ".join("".join(says).split())


def _rendered(tokens: Sequence[Token]) -> Markup:
    for token in tokens:
        if token.type.startswith("heading_"):
            level = int(token.tag[1:]) + _FIRST_HEADING - 1
            token.tag = f"h{min(level, 6)}"
        if token.nesting == 1 and token.tag in _BLOCKS:
            token.attrSet("dir", "auto")
        if token.children:
            token.children = list(_with_hosts(token.children))
    made = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        made,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return Markup(clean)  # noqa: S704 - nh3 has cleaned it


def _with_hosts(children: Sequence[Token]) -> Iterator[Token]:
    """Each link says its host behind its words. All lead to the web: a text with another one is
    shown as it is."""
    host = None
    for token in children:
        if token.type == "link_open":
            host = _host(str(token.attrGet("href")))
        yield token
        if token.type == "link_close":
            yield Token("text", "", 0, content=f" ({host})")


def _host(href: str) -> str | None:
    try:
        address = urlsplit(href)
        return address.hostname if address.scheme in _SCHEMES else None
    except ValueError:
        return None
