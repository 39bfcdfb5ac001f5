"""One answer for several questions: each is answered in a transaction of its own."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from webapp.actors import Actor
from webapp.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from webapp.operations import holding
from webapp.operations.answers import AlreadyAnswered, Answer, said_already


@dataclass(frozen=True)
class Result:
    """What became of one question. `error` says why it didn't happen; None if it did."""

    escalation_id: uuid.UUID
    error: AppError | None = None


def answer_each(
    digests: Mapping[uuid.UUID, str], answer: Answer, grace_s: float, *, by: Actor
) -> list[Result]:
    """Give the same answer to each question, in that order. `digests` has what was shown of each: a
    question that changed since is not answered, and neither is one that someone else answered
    first. The others are."""

    def give(key: uuid.UUID) -> None:
        bound = replace(answer, digest=digests[key])
        try:
            holding.hold(key, bound, grace_s, by=by)
        except AlreadyAnswered as error:
            if not said_already(error.escalation, bound, by=by):
                raise

    return _each(list(digests), give)


def undo_each(keys: Sequence[uuid.UUID], *, by: Actor) -> list[Result]:
    """Take back each of these answers that is still held."""
    return _each(keys, lambda key: holding.undo(key, by=by))


def _each(keys: Sequence[uuid.UUID], act: Callable[[uuid.UUID], object]) -> list[Result]:
    results = []
    for key in keys:
        try:
            act(key)
        except (Conflict, Forbidden, Invalid, NotFound) as error:
            results.append(Result(key, error))
        else:
            results.append(Result(key))
    return results
