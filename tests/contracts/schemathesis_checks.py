"""The check that takes the place of schemathesis's `positive_data_acceptance` for 422: a document cannot say every rule (a code that must
exist, one field that asks for another), but it must say the form of each field. So content that fits the document may be refused by a rule,
under the rule's own code, and never for a field's form.
"""

from typing import Any

import schemathesis

from chassis.field_errors import OTHERWISE, TYPES_OF_CODE

# A decimal and a date are text in a document, whose size JSON Schema cannot bound.
FORM_CODES = {OTHERWISE, *TYPES_OF_CODE} - {"out_of_range", "too_many_digits"}
# Nor can it say that a table's file is text.
NOT_OF_A_FIELD = ("/", "wrong_encoding")

# Arrow goes as the bytes it is; what generators make is none, and is refused.
schemathesis.serializer.alias("application/vnd.apache.arrow.stream", "application/octet-stream")


@schemathesis.check
def form_is_documented(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]) -> None:
    """Fails for a 422 that calls a field's form wrong though it fits the document."""
    if response.status_code == 422 and case.meta is not None and case.meta.generation.mode.is_positive:
        errors = response.json().get("errors") or []
        wrong = [f"{error['field']}: {error['code']} ({error['message']})" for error in errors if _is_of_a_form(error)]
        assert not wrong, f"the document allows what the service refuses: {'; '.join(wrong)}"


def _is_of_a_form(error: dict[str, Any]) -> bool:
    return error["code"] in FORM_CODES and (error["field"], error["code"]) != NOT_OF_A_FIELD
