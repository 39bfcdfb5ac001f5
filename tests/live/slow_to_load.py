"""The application, whose workers take as long to load as the file SLOW_TO_LOAD is there."""

import os
import time
from pathlib import Path

while Path(os.environ["SLOW_TO_LOAD"]).exists():
    time.sleep(0.02)

from wsgi import app  # noqa: E402

__all__ = ["app"]
