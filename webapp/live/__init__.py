"""The SSE blueprint: streams of pages and agents, waiting calls, the listener and the hub.

A request joins the hub of its process; the listener, one for all of them, is notified, reads
the log and gives the events to the hub; the hub hands finished bytes to each open stream.
"""

from flask import Flask

from webapp.live import routes, service


def init_app(app: Flask) -> None:
    """Serve the streams."""
    app.register_blueprint(routes.bp)


stop = service.stop
down = service.down
