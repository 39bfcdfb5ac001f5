"""`flask up`: the whole desk as one process tree that starts, heals and stops together.

    supervisor ── postgres            (unless DATABASE_URL is set)
               ├─ gunicorn ── workers
               └─ worker           (unless WORKER=off)

`serve(environ)` runs it until Ctrl-C or SIGTERM. The supervisor never imports the application:
it has to start fast and stay small.
"""

from webapp.serving.supervisor import serve

__all__ = ["serve"]
