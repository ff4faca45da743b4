"""The audit's digests have a key."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import chassis_keyed_audit

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

upgrade = chassis_keyed_audit.upgrade
downgrade = chassis_keyed_audit.downgrade
