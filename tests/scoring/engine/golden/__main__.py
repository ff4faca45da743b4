"""`python -m tests.scoring.engine.golden`: keep the answers to cases that are new."""

import sys

from tests.scoring.engine.golden import add_new_cases

sys.stdout.write(f"{add_new_cases()} snapshots added\n")
