"""How a page is put together: the regions of its live view, and what is particular to the page."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Response, make_response, render_template
from htmx_flask import request

from webapp import pool
from webapp.accounts.access import current_actor
from webapp.extensions import db
from webapp.live.fragments import VIEWS
from webapp.live.hub import channel
from webapp.queries import notices, screens, screens_answer
from webapp.templating.language import language


def page(
    template: str,
    view: str,
    key: str = "",
    *,
    status: int = 200,
    listens_to: str | None = None,
    **more: Any,
) -> Response:
    """A whole document. It listens to /live/<view>; its regions are filled as the stream does.

    `more` are variables of the page itself. `listens_to` names another view to follow, one whose
    other regions the page fills with `more`.
    """
    by = current_actor()
    with screens.read_once(db.session()):
        context = VIEWS[view].context(db.session(), by, key)
    html = render_template(
        template,
        viewer=by,
        notices=notices.listed(db.session(), by=by),
        disk=pool.of(db.engine).disk,
        sent=screens_answer.sent_by(db.session(), by),
        section=template.partition("/")[0],
        stream=f"/live/{channel(listens_to or view, key, language())}",
        **(context | more),
    )
    return make_response(html, status)


def region(view: str, name: str, key: str = "", *, status: int = 200) -> Response:
    """One region alone, as the answer to a form that htmx sent: what the stream sends as well."""
    found = next(region for region in VIEWS[view].regions if region.name == name)
    return make_response(found.render(db.session(), current_actor(), key), status)


def wants_fragment() -> bool:
    """Whether htmx asked for a part. Boosted links and the way back in history want all of it."""
    asked = request.htmx
    return bool(asked) and not asked.boosted and not asked.history_restore_request


def query_of(path: str) -> dict[str, str]:
    """The query of the page that sent this form, if it is the one at `path`."""
    address = urlsplit(request.htmx.current_url or "")
    return dict(parse_qsl(address.query)) if address.path == path else {}
