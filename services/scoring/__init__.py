"""Composite scores, bonus runs and payroll: how results become money. It knows pay; kpi_api knows performance. Scoring calls nobody.

`engine` is pure: the plan language and its arithmetic. The other folders are domains with the same role files: `models`, `schemas`,
`queries` (the viewer first), `actions` (one function per verb), `problems`, `rest`, `jobs`. Bottom to top: engine, access, people,
pay_bases and plans, runs, payouts, payroll.
"""
