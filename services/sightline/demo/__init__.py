"""A year of Meridale, an invented company, from its first KPI to its payroll register, played over HTTP.

Map
- `files/`     the company: people, units, strategy, pay, the bonus plan
- `company`    what the files say and the ids the services gave
- `office`     requests in somebody's name
- `results`    a seeded year of measurements
- `founding` `agreeing` `working` `reviewing` `paying`   the story, month by month
- `showing`    what is printed: a line of sight and the payroll register
- `year`       the steps in order
"""
