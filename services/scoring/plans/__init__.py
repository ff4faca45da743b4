"""Bonus plans: versioned documents in the plan language, approved by somebody other than their author, and assigned to people by date."""
