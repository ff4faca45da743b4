"""KPIs given to owners on five levels, their targets, the contributions that link them upward, and the line of sight to the mission."""
