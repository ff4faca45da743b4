"""What can be wrong with a payroll batch."""

from chassis.problems import Conflict, Invalid


class UnknownPayGroup(Invalid):
    code, title = "unknown_pay_group", "No such pay group"


class BatchLocked(Conflict):
    code, title = "batch_locked", "The batch is locked"


class BatchNotLocked(Conflict):
    code, title = "batch_not_locked", "The batch is not locked yet"


class EmptyBatch(Conflict):
    code, title = "empty_batch", "There is nothing to pay"
