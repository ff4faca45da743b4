"""The rules of the graph's fields about the dictionary (`fields` says what each rule means)."""

PAGE = ("edges", "pageInfo")
VERSION = ("uuid", "number", "status", "effectiveFrom", "retiredFrom", "name", "description", "direction", "unit", "precision", "dimension",
           "combine", "parts", "combineParts", "formulas", "measures", "sourceOfTruth", "updateFrequency", "decisionSpeedDays",
           "exclusionRules", "leading", "leadsToCode", "leadsToLagDays", "kind", "competencyCode", "controllability",
           "controllabilityCause", "applicability", "note", "approvedAt", "outcome", "verbs", "sentBack")  # fmt: skip
CONNECTED = ("Definition", "DefinitionReview", "BusinessChange", "Outcome")

DICTIONARY: dict[str, dict[str, str]] = {
    "Definition": dict.fromkeys(("id", "uuid", "code", "origin", "state", "reviewEveryMonths", "reviewDueOn", "mergedInto"), "with")
    | dict.fromkeys(("version", "versions", "owner", "steward"), "in_sight"),
    "DefinitionVersion": dict.fromkeys(VERSION, "with") | dict.fromkeys(("author", "approver"), "in_sight"),
    "SentBack": dict.fromkeys(("at", "reason"), "with") | {"by": "in_sight"},
    "DefinitionPart": dict.fromkeys(("code", "name", "unit", "direction"), "with"),
    "PartFormula": dict.fromkeys(("part", "formula"), "with"),
    "SourceMeasure": dict.fromkeys(("name", "unit"), "with"),
    "DefinitionApplicability": dict.fromkeys(("roles", "grades", "hasDirectReports"), "with"),
    "Outcome": dict.fromkeys(("id", "uuid", "code", "name", "area", "description", "version", "ownerUnit", "ownerRole"), "with")
    | {"definitions": "in_sight"},
    "OutcomeArea": dict.fromkeys(("code", "name", "description", "shipped"), "with"),
    "ServingDefinition": dict.fromkeys(("definitionUuid", "code", "name", "number", "status"), "with"),
    "OutcomeChanged": {"outcome": "with"},
    "OutcomeAreaChanged": {"area": "with"},
    "ServedOutcome": dict.fromkeys(("uuid", "code", "name", "area"), "with"),
    "DefinitionUse": dict.fromkeys(("kind", "uuid", "name", "ownerName", "level", "versionNumber", "windowEnd"), "with"),
    "VersionDifference": dict.fromkeys(("field", "sentence"), "with"),
    "DefinitionDifference": dict.fromkeys(("fromNumber", "toNumber", "note", "differences"), "with"),
    "MeasureValue": dict.fromkeys(("measure", "value"), "with"),
    "SampleResult": dict.fromkeys(("value", "holds", "reason"), "with"),
    "FormulaWarning": dict.fromkeys(("code", "message", "measures"), "with"),
    "CheckedFormula": dict.fromkeys(("unit", "tree", "measures", "results", "warnings"), "with"),
    "FormulaTrial": dict.fromkeys(("uuid", "part", "samples", "results", "gaveValues", "triedBy", "triedAt"), "with"),
    "BusinessChange": dict.fromkeys(("uuid", "kind", "name", "description", "effectiveOn", "recordedAt", "definitions"), "with"),
    "DefinitionReview": dict.fromkeys(("uuid", "definitionCode", "reason", "openedOn", "dueOn", "outcome", "note", "completedAt", "verbs",
                                       "definition", "businessChange"), "with"),
    "DefinitionChanged": {"definition": "with"},
    "FormulaTrialChanged": {"trial": "with"},
    "BusinessChangeChanged": {"businessChange": "with"},
    "DefinitionReviewChanged": {"review": "with"},
    "DefinitionsReassignedChanged": dict.fromkeys(("owned", "stewarded"), "with"),
    "FormulaProblem": dict.fromkeys(("code", "title", "detail", "errors", "reason", "position"), "with"),
    "InUseProblem": dict.fromkeys(("code", "title", "detail", "errors", "uses"), "with"),
    **{f"{name}Connection": dict.fromkeys(PAGE, "with") for name in CONNECTED},
    **{f"{name}Edge": dict.fromkeys(("cursor", "node"), "with") for name in CONNECTED},
}  # fmt: skip
