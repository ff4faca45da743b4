"""The cascade in the graph: KPIs written and linked, what a cascade leaves open, copies into another cycle, and events that begin windows.

`inputs` is what mutations take, `changing` writes KPIs, `linking` their contributions and leads, `leads` reads those;
`measuring` records what they come to, `measurements` reads that. The types of KPIs and
lines of sight stand in `kpi_api.graphql.kpis`.
"""
