"""Collaborative KPIs (S1): stakeholders agree on the terms, propose and comment, record their parts, celebrate together and look back."""
