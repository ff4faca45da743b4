"""What can be wrong with a write to the dictionary."""

from collections.abc import Iterator
from contextlib import contextmanager

from chassis.problems import Conflict, Invalid, NotAllowed, PreconditionFailed


@contextmanager
def fields_under(field: str) -> Iterator[None]:
    """What is wrong with something that stands under `field` of the request is named from the request's root."""
    try:
        yield
    except Invalid as invalid:
        invalid.errors = [error.model_copy(update={"field": field + error.field}) for error in invalid.errors]
        raise


class CodeTaken(Conflict):
    code, title = "code_taken", "The code is taken"


class WrongStatus(Conflict):
    """The version does not stand where this step begins."""

    code, title = "wrong_status", "Not possible in this status"


class ApprovedByAnother(NotAllowed):
    """Who wrote a version does not approve it (domain "Definition version")."""

    code, title = "approval_by_another_needed", "Somebody else must approve it"


class UnknownReference(Invalid):
    """A code or id in the request names nothing that exists here."""

    code, title = "unknown_reference", "It names something that does not exist"


class InvalidFormula(Invalid):
    code, title = "invalid_formula", "The formula cannot be read"


class TargetsDoNotFit(Invalid):
    """The targets do not match the parts of the definition."""

    code, title = "targets_do_not_fit", "The targets do not fit the definition"


class DefinitionChanged(PreconditionFailed):
    """Somebody else wrote a version or changed who answers for it; `changes` are sentences that say what."""


class EffectiveBeforePredecessor(Invalid):
    """Approved versions take effect in the order of their numbers."""

    code, title = "effective_before_predecessor", "It would take effect before the version that it follows"


class InUse(Conflict):
    """Somebody uses the version on or after the day on which it would be retired."""

    code, title = "in_use", "It is in use"


class DefinitionMerged(Conflict):
    """The definition was merged into another, which the detail names."""

    code, title = "definition_merged", "The definition was merged into another"


class NotLive(Conflict):
    code, title = "definition_not_live", "The definition is not in force"


class NotAlike(Conflict):
    code, title = "not_alike", "The definitions do not look alike"


class StillAlike(Invalid):
    code, title = "still_alike", "The new name still looks like the other"


class TemplatesDoNotFit(Conflict):
    """Templates give the definition with targets that the one it is merged into cannot have."""

    code, title = "templates_do_not_fit", "Templates stand in the way"


class DocumentRefused(Invalid):
    """Rows of an imported document are wrong; each is named with its column, and nothing was written."""

    code, title = "document_refused", "The document cannot be taken"


class NotTried(Conflict):
    """A formula of the version never gave a value on sample data."""

    code, title = "not_tried", "The formula was not tried"


class TemplateRetired(Conflict):
    """The template is given to nobody any more."""

    code, title = "template_retired", "The template is retired"
