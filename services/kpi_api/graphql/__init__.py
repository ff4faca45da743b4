"""The GraphQL door: one graph over people, KPIs, scorecards, scores and one's own payouts. It reads by the same queries and writes by the
same actions as REST.

Map: `http` speaks GraphQL over HTTP; `schema` is the root; `context` opens sessions and holds the `loaders`; `people`, `kpis`, `scorecards`
and `payouts` are the types; `mutations` and `problems` the writes and what can go wrong; `limits` and `executor` keep it safe and quick;
`explorer` is the page to try it on.
"""
