"""Copying a cascade into the next cycle: KPIs with the definitions of then, their targets, contributions and stakeholders."""
