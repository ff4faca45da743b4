"""KPIs, cascade, scorecards, measurements and reviews: what people are to achieve, and how it went. It knows performance, scoring money.

Each folder is a domain with the same role files: `models`, `schemas`, `queries` (the viewer first), `actions` (one function per verb),
`problems`, `rest`, `graphql`, `jobs`. Bottom to top: access, people, cycles, dictionary, cascade, measurements, scorecards, scores,
reviews, closing, graphql; hris stands above people and cycles.
"""
