"""The rules are pure: their tests share the bench's perturbations and need no database."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.append(str(HERE.parents[1] / "bench"))
