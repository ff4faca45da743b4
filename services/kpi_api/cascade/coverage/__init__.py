"""How well a cascade covers the organization: KPIs that nobody below carries, people and units without any, and who is connected upward."""
