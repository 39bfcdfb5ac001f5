"""Who listens to what in this process, and how events reach them. All of it in memory."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

from webapp.accounts.revalidation import Credential, Grants
from webapp.actors import Actor
from webapp.events.log import Event
from webapp.live.frames import event_frame
from webapp.live.reader import Reader
from webapp.live.waiter import FeedWaiter, Waiter
from webapp.metrics import OPEN_STREAMS
from webapp.rules.languages import SOURCE


class Subscriber(Protocol):
    """What is open for somebody: a stream, or a call that waits."""

    credential: Credential

    def close(self) -> None:
        """End it."""


TopicT = TypeVar("TopicT")
SubscriberT = TypeVar("SubscriberT", bound=Subscriber)


@dataclass(frozen=True)
class Audience:
    """All who look at the same subject with the same rights, in the same language: they get the
    same bytes."""

    view: str
    key: str
    grants: Grants
    language: str = SOURCE
    person_id: int | None = None
    """Of somebody who has put questions off, and therefore sees what nobody else does."""

    @classmethod
    def of(cls, view: str, key: str, credential: Credential, language: str) -> "Audience":
        """The audience that this caller belongs to."""
        person_id = credential.person_id if credential.asleep else None
        return cls(view, key, credential.grants, language, person_id)

    @property
    def channel(self) -> str:
        """How a browser names the subject, on whichever stream it comes: `question?key=…`."""
        return channel(self.view, self.key, self.language)

    @property
    def actor(self) -> Actor:
        """Somebody of the audience, but nobody in particular."""
        ref = "audience" if self.person_id is None else f"person:{self.person_id}"
        return Actor(ref=ref, name="", grants=dict(self.grants))  # type: ignore[arg-type]


def channel(view: str, key: str, language: str = SOURCE) -> str:
    """The name of a page's subject, as it stands in the address of its stream. The language is that
    of the page: who changes it in another tab still gets whole pages in one."""
    query = ({"key": key} if key else {}) | ({"lang": language} if language != SOURCE else {})
    return f"{quote(view)}?{urlencode(query)}" if query else quote(view)


class Subscriptions(Generic[TopicT, SubscriberT]):
    """The subscribers of each topic."""

    def __init__(self, kind: str) -> None:
        self._open = OPEN_STREAMS.labels(kind)
        self._lock = threading.Lock()
        self._subscribers: dict[TopicT, dict[SubscriberT, None]] = {}
        self.open = 0
        """How many subscribers there are."""

    def add(self, subscriber: SubscriberT, *topics: TopicT) -> None:
        with self._lock:
            for topic in topics:
                self._subscribers.setdefault(topic, {})[subscriber] = None
            self.open += 1
        self._open.inc()

    def remove(self, subscriber: SubscriberT, *topics: TopicT) -> None:
        """Leave all the topics that were joined."""
        with self._lock:
            for topic in topics:
                subscribers = self._subscribers.get(topic, {})
                subscribers.pop(subscriber, None)
                if not subscribers:
                    self._subscribers.pop(topic, None)
            self.open -= 1
        self._open.dec()

    def topics(self) -> list[TopicT]:
        with self._lock:
            return list(self._subscribers)

    def of(self, topic: TopicT) -> list[SubscriberT]:
        with self._lock:
            return list(self._subscribers.get(topic, ()))

    def __iter__(self) -> Iterator[SubscriberT]:
        with self._lock:
            distinct = dict.fromkeys(one for topic in self._subscribers.values() for one in topic)
        return iter(distinct)


class Hub:
    """The subscriptions: streams of jobs, streams of pages, and requests that wait for an
    escalation."""

    def __init__(self) -> None:
        self.jobs: Subscriptions[int, Reader] = Subscriptions("job")
        self.pages: Subscriptions[Audience, Reader] = Subscriptions("page")
        self.waits: Subscriptions[UUID, Waiter] = Subscriptions("wait")
        self.feeds: Subscriptions[str, FeedWaiter] = Subscriptions("feed")

    @property
    def open(self) -> int:
        """How many streams and waiting requests there are."""
        return self.jobs.open + self.pages.open + self.waits.open + self.feeds.open

    def readers(self) -> list[Reader]:
        """Every open stream."""
        return [*self.jobs, *self.pages]

    def subscribers(self) -> list[Subscriber]:
        """Every open stream and every waiting call."""
        return [*self.readers(), *self.waits, *self.feeds]

    def close_all(self) -> None:
        """End all of it; whoever is still interested comes back and catches up."""
        for subscriber in self.subscribers():
            subscriber.close()

    def send(self, events: Iterable[Event]) -> None:
        """Hand each event to the streams of its job, made into bytes once."""
        for event in events:
            readers = self.jobs.of(event.job)
            if readers:
                frame = event_frame(event)
                for reader in readers:
                    reader.send(frame)
