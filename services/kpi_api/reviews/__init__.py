"""Reviews and check-ins: what person and manager say about a year, hidden until it is released; and how KPIs move between times."""
