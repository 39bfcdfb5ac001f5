"""The WSGI entry point: gunicorn and `flask --app wsgi` load it."""

from webapp import create_app

app = create_app()
