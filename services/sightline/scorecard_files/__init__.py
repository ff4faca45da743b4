"""Files of any number of scorecards, scored in bounded memory: one row per KPI line, the rows of a scorecard one after the other.

Map
- `reading`   CSV, NDJSON and Parquet in pieces, a JSON list at once; cut between scorecards
- `columns`   a piece's columns as the engine's two tables; what does not fit is named by row and column
- `scoring`   every piece scored, its results written to two Parquet files
"""
