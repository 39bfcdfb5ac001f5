"""The settings, in parts. Plain forms: each leads back to its part, which says what was done."""

from flask import Blueprint

from webapp.desk.pages.settings import (
    away,
    connect,
    credentials,
    devices,
    notifications,
    passkeys,
    people,
    profile,
    provider,
    sign_in,
    telegram,
    tokens,
    webhooks,
)

_PARTS = (
    profile,
    sign_in,
    credentials,
    passkeys,
    provider,
    notifications,
    devices,
    telegram,
    away,
    people,
    connect,
    tokens,
    webhooks,
)
"""Each adds its own pages."""


def add_to(bp: Blueprint) -> None:
    """Give the parts their addresses."""
    for part in _PARTS:
        part.add_to(bp)
