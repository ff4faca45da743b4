"""Payroll batches: released lines of a pay group for one check date, frozen when locked, the same bytes whenever pulled, answered line by line."""
