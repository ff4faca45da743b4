"""Moving a unit with its KPIs: what would break is said before, and listed after; nothing is cut silently."""
