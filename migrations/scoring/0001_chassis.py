"""The chassis's tables."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import chassis_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

upgrade = chassis_0001.upgrade
downgrade = chassis_0001.downgrade
