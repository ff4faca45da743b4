"""The catalogue of kpi_api's event types: what webhooks and the event feed may bring, and what each means."""

EVENT_TYPES = {
    "person.changed": "A person was added, changed, deactivated or given another role.",
    "person.erased": "What told who a person was is gone; their id stays.",
    "employment.changed": "Somebody joined, moved, left, or reports to somebody else.",
    "unit.changed": "A unit has another head or stands elsewhere.",
    "definition.approved": "A version of a KPI definition was approved and takes effect from its date.",
    "kpi.created": "A KPI was given to an owner.",
    "kpi.changed": "A KPI's target, owner, contributions or stakeholders changed.",
    "measurement.recorded": "Measurements were recorded or corrected; `kpi_ids` names the KPIs.",
    "scorecard.proposed": "One side proposed a scorecard to the other.",
    "scorecard.countered": "The other side answered a proposal with its own.",
    "scorecard.agreed": "Both sides signed a scorecard, or HR imposed it.",
    "scorecard.activated": "An agreed scorecard's window began.",
    "scorecard.closed": "A scorecard was closed with its cycle.",
    "review.released": "A review was released to the person it is about.",
    "review.acknowledged": "The person acknowledged their released review.",
    "cycle.closed": "A cycle's scorecards were frozen.",
    "run.followed": "What scoring made of a closed cycle: `state` is received, computed, approved, released or superseded.",
}
