"""Speed, each figure beside a hand-written baseline of the same work in the same run. `sightline bench` prints one JSON line a figure.

Map
- `program`          every figure, and on which stage it is measured
- `figures`          what a figure is
- `stage`            where they are measured: a PostgreSQL and service processes of their own, removed afterwards
- `company`          the large company they are measured with, written by the SQL scripts beside it
- `people_import`    import.people
- `measurements`     measurements.bulk
- `roll_up`          cascade.rollup
- `cascade`          cascade.line_of_sight, cascade.subtree
- `findings`         findings.one, findings.cycle
- `line_of_sight`    graphql.line_of_sight; `server` is kpi_api with the hand-written way as one more route
- `year_close`       year.close
- `search`           dictionary.search
- `scoring_engine/`  the engine's: scoring.engine.*, scoring.openfisca, scoring.growth, scoring.explain
"""
