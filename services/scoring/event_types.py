"""The catalogue of scoring's event types: what webhooks and the event feed may bring, and what each means."""

EVENT_TYPES = {
    "run.received": "A run's scorecards have arrived.",
    "run.computed": "A run was computed and waits for approval.",
    "run.approved": "Somebody other than who computed it approved a run.",
    "run.released": "A run was released; its payouts can be seen and pulled by payroll.",
    "run.superseded": "A run was replaced by another.",
    "payout.released": "A person's payout was released.",
    "payroll_batch.locked": "A payroll batch was locked; it never changes again.",
    "payroll_batch.acknowledged": "Payroll answered lines of a batch.",
}
