"""What stands below a KPI or a unit, as data that a frontend or a picture shows at once.

Map
- `folding`    which units are folded into one node, so that no answer grows beyond what can be read. Pure
- `counting`   how many KPIs, units and people each level has, and the sentence that tells it. Pure
- `statements` the SQL
- `reading`    the reads: the viewer first
- `rest`       GET /v1/units/{unit_id}/cascade; a KPI's own direction down has its door beside the upward one
"""
