"""Development goals: the skill somebody wants to build, agreed with their manager, its steps, and the KPI that measures it (S0)."""
