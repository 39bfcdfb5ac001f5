"""`python -m webapp.serving`: what `make run` calls."""

import argparse
import sys

from webapp.config import SetupError
from webapp.serving import serve

parser = argparse.ArgumentParser(prog="python -m webapp.serving")
parser.add_argument(
    "--ready-fd", type=int, metavar="N", help="say in JSON on this open file when it is ready"
)
try:
    serve(ready_fd=parser.parse_args().ready_fd)
except SetupError as error:
    error.show()
    sys.exit(error.exit_code)
