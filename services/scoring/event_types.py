"""The catalogue of scoring's event types: what webhooks and the event feed may bring, and what each means. None carries money."""

EVENT_TYPES = {
    "person.erased": "What told who a person was is gone; their id and their pay stay.",
    "run.received": "The snapshot of a bonus run arrived whole and was stored.",
    "run.computed": "A run's payout lines were computed; `failed_count` says how many could not be.",
    "run.approved": "Somebody other than who had it computed approved a run.",
    "run.released": "A run's payouts were released to people and to payroll.",
    "run.superseded": "A run that was not released was set aside.",
    "payout.released": "Payouts were released; `payout_ids` and `person_ids` name up to a thousand of one run, in the same order.",
    "payroll_batch.locked": "A payroll batch was frozen: it may be pulled, and gives the same bytes each time.",
    "payroll_batch.acknowledged": "Payroll answered lines of a batch.",
}
