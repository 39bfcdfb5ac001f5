"""What a region and a page's stream are: event → HTML.

A region is one element of a page. Its name is the element's id and the SSE event name under which
its new HTML is sent. A region is rendered once per audience, never per client: it holds no text
of one viewer and no CSRF token. The page itself includes the same template with the same context.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from webapp.actors import Actor
from webapp.events.kinds import Kind
from webapp.events.log import Event


@dataclass(frozen=True)
class Region:
    """One live element. `context(session, by, key)` gives what its template needs; `key` is the
    view's subject (an escalation's id, a job's key) or empty."""

    name: str
    template: str
    context: Callable[[Session, Actor, str], dict[str, Any]]
    kinds: frozenset[Kind]
    of_tokens: bool = False
    """Whether the first use of a token changes it."""

    def render(self, session: Session, by: Actor, key: str) -> str:
        """The region's HTML, inside an app context."""
        return render_template(self.template, **self.context(session, by, key))


@dataclass(frozen=True)
class View:
    """A page's stream: its regions, who may open it, and which events concern it.

    `check(session, by, key)` raises NotFound for a subject that the caller may not see.
    """

    regions: tuple[Region, ...]
    check: Callable[[Session, Actor, str], None]
    concerns: Callable[[Event, str], bool]

    def context(self, session: Session, by: Actor, key: str) -> dict[str, Any]:
        """What the templates of all regions need, for the page that includes them."""
        merged: dict[str, Any] = {}
        for region in self.regions:
            merged |= region.context(session, by, key)
        return merged
