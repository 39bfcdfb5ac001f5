"""Column types that several tables share."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Identity, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column

BigKey = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
Name = Annotated[str, mapped_column(String(255))]
Prose = Annotated[str, mapped_column(Text)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
JsonList = Annotated[list[Any], mapped_column(JSONB)]
JsonObject = Annotated[dict[str, Any], mapped_column(JSONB)]
