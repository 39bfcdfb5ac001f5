"""`python -m webapp.serving`: what `make run` calls."""

import sys

from webapp.config import SetupError
from webapp.serving import serve

try:
    serve()
except SetupError as error:
    error.show()
    sys.exit(error.exit_code)
