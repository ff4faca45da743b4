"""Who read or changed what: pay, reviews, grants, plans, runs.

- `records`   writing them: a change with its transaction, a read in a short transaction of its own before the answer leaves
- `chain`     each record's digest covers the one before it, so that a change behind our back is named by `verify`
- `seals`     what proves that a chain is ours, and the keys that make it
- `export`    reading them: pages, and a stream of lines
- `readings`  what a person may see of it: who read what is theirs
- `rest`      the doors that each service mounts
"""

from chassis.audit.records import AuditHead, AuditLink, AuditRecord, record, record_all, record_read

__all__ = ["AuditHead", "AuditLink", "AuditRecord", "record", "record_all", "record_read"]
