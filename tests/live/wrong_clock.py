"""A server on a machine whose clock is wrong by CLOCK_IS_AHEAD_S seconds."""

import os
import time

import time_machine

time_machine.travel(time.time() + float(os.environ["CLOCK_IS_AHEAD_S"]), tick=True).start()

from webapp import create_app  # noqa: E402 - the clock is wrong before anything looks at it

app = create_app()
