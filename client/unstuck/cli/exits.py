"""Exit codes; those above 64 are from BSD's sysexits.h."""

ANSWERED = 0
CLOSED = 1
"""Skipped, withdrawn or expired: closed without an answer."""

USAGE = 64
UNAVAILABLE = 69
PENDING = 75
NO_PERMISSION = 77
