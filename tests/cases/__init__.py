"""Worked pay cases as readable files: a plan, inputs, and what must come out. `python -m tests.cases` replays them all.

`published/` holds real plans from annual reports, vendors' documentation and textbooks; `suites/` cases known from other projects' tests;
`constructs/` examples of our own for what neither shows.
No case has code of its own: the plan document alone says what happens.
"""
