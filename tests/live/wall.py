"""A page made for tests of streams, and a browser's end of such a stream."""

import threading

from flask.testing import FlaskClient

from webapp.actors import Actor
from webapp.errors import NotFound
from webapp.events.kinds import Kind
from webapp.live.fragments import Region, View
from webapp.queries import jobs as job_queries


class Wall:
    """A page with two regions: the titles of the jobs, and how many jobs there are. It counts how
    often each is rendered, and can be made to fail."""

    def __init__(self) -> None:
        self.rendered = {"titles": 0, "count": 0}
        self.failures: list[Exception] = []

    def view(self) -> View:
        kinds = frozenset({Kind.JOB_CHANGED})
        return View(
            (
                Region("titles", "titles.html", self.titles, kinds),
                Region("count", "count.html", self.count, frozenset({Kind.BUILD_PAUSED})),
            ),
            self.check,
            lambda event, key: key in ("", event.job_id),
        )

    def check(self, _session, _by: Actor, key: str) -> None:
        if key == "gone":
            raise NotFound("There is no such job.")

    def titles(self, session, by: Actor, key: str) -> dict:
        if self.failures:
            raise self.failures.pop()
        self.rendered["titles"] += 1
        views = job_queries.listed(session, by=by).rows
        return {"titles": sorted(view.job.title for view in views), "key": key}

    def count(self, session, by: Actor, _key: str) -> dict:
        self.rendered["count"] += 1
        return {"count": len(job_queries.listed(session, by=by).rows)}


TEMPLATES = {
    "titles.html": '<ul id="titles">\n{% for title in titles %}\n<li>{{ title }}\n{% endfor %}\n'
    '</ul>\n<a href="{{ url_for("static", filename="x") }}">',
    "count.html": '<b id="count">{{ count }}</b>',
}


class Page:
    """A browser's stream of a page, read while the test goes on."""

    def __init__(self, client: FlaskClient, path: str = "/live/wall") -> None:
        self.answer = client.get(path)
        assert self.answer.status_code == 200, self.answer.text
        self.text = ""
        self.over = False
        self.grew = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        for chunk in self.answer.iter_encoded():
            with self.grew:
                self.text += chunk.decode()
                self.grew.notify_all()
        with self.grew:
            self.over = True
            self.grew.notify_all()

    def regions(self, count: int) -> list[tuple[str, str]]:
        """The first so many regions that came, each with its HTML."""
        with self.grew:
            whole = self.grew.wait_for(lambda: self.text.count("event: ") >= count, 20)
            assert whole, f"only this came: {self.text}"
            blocks = [block for block in self.text.split("\n\n") if block.startswith("id: ")]
        found = []
        for block in blocks:
            _, name, *data = block.split("\n")
            assert all(line.startswith("data: ") for line in data)
            html = "\n".join(line.removeprefix("data: ") for line in data)
            found.append((name.removeprefix("event: "), html))
        return found

    def forget(self) -> None:
        """Begin anew: what came until now counts no more."""
        with self.grew:
            self.text = ""

    def until(self, text: str) -> None:
        """Returns when this text has come."""
        with self.grew:
            assert self.grew.wait_for(lambda: text in self.text, 20), f"{text!r} does not come"

    def wait_over(self) -> None:
        with self.grew:
            assert self.grew.wait_for(lambda: self.over, 20), "the stream goes on"
