"""How difficult a target is: how often it would have been met, by the same owner before and by others with the same KPI."""
