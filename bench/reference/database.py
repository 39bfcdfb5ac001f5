"""The reference's connections: SQLAlchemy's async engine on asyncpg, and Redis to publish."""

import json
import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from redis.asyncio import Redis
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from webapp.models import JobEvent

POOL = 20  # connections of each worker, all kept: the product's pool has as many
_url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+asyncpg")
plain_url = _url.set(drivername="postgresql").render_as_string(hide_password=False)
engine = create_async_engine(_url, pool_size=POOL, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
broker = Redis.from_url(os.environ["REDIS_URL"])


async def session() -> AsyncIterator[AsyncSession]:
    """One session per request, as FastAPI's documentation has it."""
    async with sessions() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session)]


async def publish(event: JobEvent) -> None:
    """Tell whoever listens, after the commit."""
    message = {"seq": event.seq, "type": event.kind, **event.payload}
    await broker.publish(f"job:{event.job}", json.dumps(message))
