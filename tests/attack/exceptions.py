"""Operations that the matrix does not attack, each with its reason. Reviewed by hand; a name that is no operation fails the build."""

OPERATIONS = {
    "kpi_api GET /livez": "whether the process lives: open to everybody, holds no record",
    "kpi_api GET /readyz": "whether it can work: open to everybody, holds no record",
    "kpi_api GET /v1/findings/rules": "the rules of the design linter, the same for everybody signed in: holds no record",
    "kpi_api GET /v1/findings/quality": "means over the scorecards that GET /v1/findings shows:"
    " tests/kpi_api/scorecards/findings/test_quality.py::test_everybody_reads_the_mean_of_what_they_see",
    "kpi_api GET /v1/formulas/grammar": "the language of formulas, the same for everybody signed in: holds no record",
    "kpi_api POST /v1/formulas/check": "computes on what is sent alone: reads and keeps no record",
    "scoring GET /livez": "whether the process lives: open to everybody, holds no record",
    "scoring GET /readyz": "whether it can work: open to everybody, holds no record",
    "scoring GET /v1/plan-schema": "the plan language, the same for everybody signed in: holds no record",
    "scoring GET /v1/snapshot-schema": "what the engine scores, the same for everybody signed in: holds no record",
    "scoring GET /v1/plan-templates": "the structures that ship, the same for everybody signed in: holds no record",
    "scoring POST /v1/plan-templates/{structure}/fill": "writes a text from what is sent alone: reads and keeps no record",
    "scoring POST /v1/plan-checks": "computes on what is sent alone: reads and keeps no record",
    "scoring POST /v1/plan-pictures": "draws what is sent alone: reads and keeps no record",
    "scoring POST /v1/plan-differences": "compares what is sent alone: reads and keeps no record",
    "kpi_api PUT /v1/development/clock": "development only, and its roles: tests/chassis/test_development.py",
    "scoring PUT /v1/development/clock": "development only, and its roles: tests/chassis/test_development.py",
    "kpi_api POST /v1/hris/sources/{source_id}/events": "signed messages, no viewers; forged ones: tests/kpi_api/hris/test_inbound.py",
}

# Fields of the graph with a rule of their own that no reading of the cast holds.
FIELDS = {
    "ScorecardChanged.scorecard": "answers a mutation, whose whole answer the attack of writes compares",
    "ReviewChanged.review": "answers a mutation, whose whole answer the attack of writes compares",
    "MilestoneChanged.kpi": "answers a mutation, whose whole answer the attack of writes compares",
    "RolledValues.kpi": "answers a mutation, whose whole answer the attack of writes compares",
    "CopiedKpi.kpi": "answers a mutation, whose whole answer the attack of writes compares",
    "DevelopmentGoal.kpi": "no goal of the cast measures a KPI; the KPI is loaded as any other: tests/kpi_api/graphql/test_my_goals.py",
    "KpiLead.kpi": "no KPI of the cast leads to another; of one that does: tests/kpi_api/graphql/test_cascade_writes.py",
    "UnitMoveChanged.losesSight": "answers a mutation, whose whole answer the attack of writes compares",
    "UnitMoveChanged.gainsSight": "answers a mutation, whose whole answer the attack of writes compares",
    "StrayContribution.child": "every contribution of the cast leads upward; of others: tests/kpi_api/graphql/test_unit_moves.py",
    "StrayContribution.parent": "every contribution of the cast leads upward; of others: tests/kpi_api/graphql/test_unit_moves.py",
    "SentBack.by": "no definition of the cast was sent back; of one that was: tests/kpi_api/dictionary/test_sending_back.py",
    "Payout.reasonCode": "says why a payout is zero; every payout of the cast pays",
}
