"""Speed, each figure beside a hand-written baseline of the same work in the same run. `sightline bench` prints one JSON line a figure.

Map
- `figures`          what a figure is
- `stage`            where they are measured: a PostgreSQL and service processes of their own
- `people_import`    import.people
- `measurements`     measurements.bulk
- `scoring_engine`   scoring.engine.numpy
"""
