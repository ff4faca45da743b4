"""The audit's links have seals."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import chassis_sealed_audit

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

upgrade = chassis_sealed_audit.upgrade
downgrade = chassis_sealed_audit.downgrade
