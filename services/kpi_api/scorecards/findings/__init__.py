"""The design linter at work on scorecards and units: facts read set-wise, findings by the viewer's sight, mutings, quality over time.

The rules themselves are `kpi_api.findings`.
"""
