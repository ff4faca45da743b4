"""Payroll batches: released lines of a pay group for one check date, the same bytes whenever pulled, answered line by line."""
