"""The heads of the audit chains."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import chassis_audit

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

upgrade = chassis_audit.upgrade
downgrade = chassis_audit.downgrade
