"""`python -m unstuck` is the command `unstuck`."""

import sys

from unstuck.cli import main

sys.exit(main())
