"""The doorbell: a hint, after the commit, that the logs of some jobs grew."""

from collections.abc import Collection


def ring(jobs: Collection[int]) -> None:
    """Tell the listeners of all processes that these jobs have new events."""
