"""What the tests share: a real server."""

from desk import desk

__all__ = ["desk"]
