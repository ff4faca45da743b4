"""Roll-ups of the whole cascade, as it stands now: values and attainments, what is counted twice, and what would change if.

Map
- `arithmetic`       how a KPI follows from those below it (pure)
- `tree`             the rolled-up KPIs with what lies below them, read set-based
- `queries`          what each KPI in sight comes to
- `attainments`      attainments as scoring computed them
- `double_counting`  where two ways meet (pure); `shared_results` reads and tells it
- `what_if`          which KPIs above change with some below, and by how much
- `words`            the sentences of both
"""
