"""The rule of every field of the graph, and what viewers were given of it.

`with`: shown with the record it belongs to. `whole`: only to who sees the KPI whole. `in_sight`: another record, null or left out where
that is out of sight. `released`: null until the review is released. `own`: about the viewer alone.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.attack.cast import Cast
from tests.attack.dictionary_fields import DICTIONARY
from tests.attack.expected import sees

WHOLE_ONLY = ("code", "collaborative", "definitionCode", "definitionVersion", "windowStart", "windowEnd", "controllability",
              "rollUp", "rollUpOf", "version", "leadsTo", "ledBy",
              "stakeholders", "cycle", "actuals", "verbs", "targetDifficulty", "milestones", "collaboration", "measurements")
PAGE = ("edges", "pageInfo")
CONNECTED = ("Person", "Kpi", "Scorecard", "Cycle", "RolledUpKpi", "Role", "Competency", "ApplicableDefinition", "DevelopmentGoal")

FIELDS: dict[str, dict[str, str]] = {
    "Person": dict.fromkeys(("id", "uuid", "externalId", "displayName", "userName", "email", "active", "hireDate", "employment",
                             "leaves"), "with")
    | dict.fromkeys(("scorecards", "kpis", "developmentGoals"), "in_sight"),
    "Employment": dict.fromkeys(("validFrom", "validTo", "fte", "grade", "unit", "role", "position"), "with") | {"manager": "in_sight"},
    "Unit": dict.fromkeys(("id", "uuid", "code", "name", "kind", "valueStatement", "version"), "with") | {"head": "in_sight"},
    "Kpi": dict.fromkeys(("id", "uuid", "sight", "name", "why", "level", "status", "targets", "owningUnit", "lineOfSight"), "with")
    | dict.fromkeys(WHOLE_ONLY, "whole")
    | dict.fromkeys(("owner", "contributesTo"), "in_sight"),
    "KpiActual": dict.fromkeys(("part", "actual", "target", "unit", "measuredUntil", "missing"), "with"),
    "Verb": dict.fromkeys(("verb", "allowed", "reason"), "with"),
    "Target": dict.fromkeys(("part", "sentence", "comparison", "value", "valueHigh", "unit", "period", "baseline", "threshold", "stretch",
                             "dueOn"), "with"),
    "TargetDifficulty": dict.fromkeys(("part", "target", "counted", "own", "peers", "sentence"), "with"),
    "JudgedTarget": dict.fromkeys(("met", "measured", "withoutValue", "share", "owners"), "with"),
    "Milestone": dict.fromkeys(("part", "doneOn", "dueOn", "daysLate", "evidence", "evidenceLink", "recordedAt"), "with"),
    "KpiMeasurements": dict.fromkeys(("actuals", "values"), "with"),
    "Measurement": dict.fromkeys(("uuid", "part", "periodStart", "periodEnd", "revision", "value", "numerator", "denominator", "source",
                                  "sourceRecordId", "provenance", "recordedBy", "recordedAt", "correctionReason", "afterClosing"), "with"),
    "MilestoneChanged": {"milestone": "with", "kpi": "in_sight"},
    "RollUpsChanged": {"results": "with"},
    "RolledValues": dict.fromkeys(("uuid", "periods", "errors"), "with") | {"kpi": "in_sight"},
    "RolledPeriod": dict.fromkeys(("periodStart", "value", "status", "missing"), "with"),
    "KpiLead": dict.fromkeys(("uuid", "name", "lagDays", "sentence"), "with") | {"kpi": "in_sight"},
    "KpiChanged": dict.fromkeys(("kpi", "warnings"), "with"),
    "Coverage": dict.fromkeys(("cycleCode", "people", "withKpis", "connected", "connectedShare", "uncarriedCount", "uncarried",
                               "withoutCount", "without", "units"), "with"),
    "UncarriedKpi": {"uuid": "with", "kpi": "in_sight"},
    "PersonWithoutKpi": {"uuid": "with", "person": "in_sight"},
    "UnitCoverage": dict.fromkeys(("uuid", "kpis", "people", "withKpis", "connected"), "with") | {"unit": "in_sight"},
    "CascadeCopyChanged": dict.fromkeys(("preview", "created", "unchanged", "error", "results"), "with"),
    "CopiedKpi": dict.fromkeys(("sourceUuid", "name", "status", "uuid", "definitionVersionBefore", "definitionVersion",
                                "definitionChanged", "droppedParents", "errors"), "with") | {"kpi": "in_sight"},
    "OkrsChanged": dict.fromkeys(("results", "created", "updated", "unchanged", "error", "waiting", "outcomes", "definitions", "preview"),
                                 "with"),
    "ImportedOkr": dict.fromkeys(("row", "status", "uuid", "errors", "waitsForDefinition"), "with"),
    "WindowEvent": dict.fromkeys(("id", "uuid", "code", "name", "occurredOn", "version"), "with"),
    "WindowEventChanged": {"windowEvent": "with"},
    "WindowEventConnection": dict.fromkeys(PAGE, "with"),
    "WindowEventEdge": dict.fromkeys(("cursor", "node"), "with"),
    "Calendar": dict.fromkeys(("id", "uuid", "legalEntityUuid", "timeZone", "fiscalYearStartMonth", "fiscalYearStartDay", "workingWeekdays",
                               "holidays", "closesAfterWorkingDays", "closingDays", "version", "sprints"), "with"),
    "CalendarChanged": {"calendar": "with"},
    "ClosingDay": dict.fromkeys(("month", "closedOn"), "with"),
    "CalendarClosing": dict.fromkeys(("month", "closedOn", "day", "businessDaysAfterClose"), "with"),
    "Sprint": dict.fromkeys(("uuid", "name", "startsOn", "endsOn"), "with"),
    "SprintsChanged": {"sprints": "with"},
    "CyclePeriod": dict.fromkeys(("start", "end"), "with"),
    "RowResult": dict.fromkeys(("row", "status", "uuid", "errors"), "with"),
    "RowsChanged": dict.fromkeys(("results", "created", "updated", "unchanged", "error"), "with"),
    "Template": dict.fromkeys(("id", "uuid", "code", "name", "roleCode", "number", "retiredOn", "version", "eligibility", "lines",
                               "versions"), "with"),
    "TemplateLine": dict.fromkeys(("definitionCode", "weight", "component", "targets", "retired"), "with"),
    "TemplateVersion": dict.fromkeys(("number", "name", "replacedAt", "eligibility", "lines"), "with"),
    "TemplateEligibility": dict.fromkeys(("roles", "grades", "hasDirectReports", "employedDays"), "with"),
    "TemplateChanged": {"template": "with"},
    "TemplateOffer": dict.fromkeys(("templateUuid", "takenNumber", "offeredNumber", "weightsTotal", "lines"), "with"),
    "OfferedLine": dict.fromkeys(("change", "definitionCode", "weight", "component", "targets", "sentences"), "with"),
    "TemplateOfferChanged": dict.fromkeys(("changeUuid", "taken"), "with"),
    "TemplateAssignment": dict.fromkeys(("uuid", "templateUuid", "templateNumber", "fromCycleUuid", "preview", "cycleUuid", "status",
                                         "requestedAt", "finishedAt", "people", "waiting", "opened", "skipped", "refused", "removed",
                                         "kept", "results"), "with"),
    "AssignmentResult": dict.fromkeys(("uuid", "position", "status", "code", "message", "scorecardUuid", "leftOut"), "with")
    | {"person": "in_sight"},
    "LeftOutKpi": dict.fromkeys(("kpiUuid", "name", "code", "message"), "with"),
    "ScorecardCopied": dict.fromkeys(("preview", "scorecardUuid", "weightsTotal", "lines"), "with"),
    "CopiedScorecardLine": dict.fromkeys(("sourceKpiUuid", "name", "weight", "component", "status", "kpiUuid", "code", "message",
                                          "droppedParents"), "with"),
    "TemplateAssignmentChanged": {"assignment": "with"},
    **{f"{name}{shape}": dict.fromkeys(PAGE if shape == "Connection" else ("cursor", "node"), "with")
       for name in ("Template", "TemplateAssignment", "AssignmentResult") for shape in ("Connection", "Edge")},
    "Stakeholder": dict.fromkeys(("part", "name", "unit"), "with") | {"person": "in_sight"},
    "LineOfSight": dict.fromkeys(("sentence", "mission", "orphan", "complete", "kpis", "steps", "paths"), "with"),
    "LineOfSightKpi": dict.fromkeys(("uuid", "name", "why", "level", "status", "owningUnit", "targets"), "with") | {"kpi": "in_sight"},
    "LineOfSightStep": dict.fromkeys(("childUuid", "parentUuid", "weight", "skipsLevel"), "with"),
    "LineOfSightPath": {"kpis": "with"},
    "Cascade": dict.fromkeys(("sentence", "levels", "kpis", "steps", "folded", "complete"), "with"),
    "CascadeKpi": dict.fromkeys(("uuid", "name", "level", "status", "owningUnit", "targets"), "with")
    | {"owner": "in_sight", "kpi": "in_sight"},
    "CascadeStep": dict.fromkeys(("childUuid", "parentUuid", "weight", "contributions"), "with"),
    "CascadeLevel": dict.fromkeys(("level", "kpis", "units", "people", "byUnit"), "with"),
    "CascadeUnitCount": dict.fromkeys(("uuid", "unit", "kpis"), "with"),
    "FoldedGroup": dict.fromkeys(("uuid", "unit", "of", "kpis", "people", "label"), "with"),
    "Scorecard": dict.fromkeys(("id", "uuid", "status", "writtenBySide", "windowStart", "windowEnd", "imposed", "agreedAt", "version",
                                "cycle", "assessments",
                                "lines", "verbs", "changes", "findings", "quality", "score"), "with") | {"person": "in_sight"}
    | dict.fromkeys(("waitingFor", "waitingSince", "imposedByCorrectionUuid", "agreement", "comments", "corrections"), "with"),
    "SignedScorecard": dict.fromkeys(("document", "digest", "recomputedDigest", "verified", "present", "imposed", "signatures"), "with"),
    "ScorecardSignature": dict.fromkeys(("side", "signerUuid", "onBehalfOfUuid", "signedAt", "digest"), "with"),
    "ScorecardComment": dict.fromkeys(("uuid", "kpiUuid", "replyToUuid", "authorUuid", "side", "text", "createdAt", "removedAt"), "with"),
    "ScorecardCorrection": dict.fromkeys(("correctionUuid", "status", "changes", "reason", "objectionsUntil", "refusedMessage",
                                          "objectedSide", "objection"), "with"),
    "ScorecardCommentsChanged": {"comments": "with"},
    "CorrectionOrder": dict.fromkeys(("uuid", "status", "reason", "objectionsUntil", "scorecards"), "with"),
    "CorrectionCounts": dict.fromkeys(("pending", "objected", "applied", "unchanged", "refused", "withdrawn"), "with"),
    "CorrectionPreview": dict.fromkeys(("selected", "wouldChange", "unchanged", "refused"), "with"),
    "CorrectionRefusals": dict.fromkeys(("code", "message", "scorecards"), "with"),
    "CorrectionOrderChanged": dict.fromkeys(("correction", "preview"), "with"),
    "ScorecardCorrectionsChanged": {"corrections": "with"},
    "ScorecardLine": dict.fromkeys(("uuid", "name", "weight", "component", "kpiStatus", "targets"), "with") | {"kpi": "in_sight"},
    "ScorecardChange": dict.fromkeys(("uuid", "scorecardUuid", "kind", "status", "effectiveFrom", "differences", "side", "digest",
                                      "resultUuid", "requestedAt", "decidedAt", "version"), "with"),
    "ScorecardChangeChanged": {"change": "with"},
    "ScorecardSplit": dict.fromkeys(("preview", "windowEnd", "successorUuid", "windowStart", "successorEnd", "templateCode", "kpis",
                                     "wholeTargets", "pay"), "with"),
    "ScorecardSplitPay": dict.fromkeys(("cycleDays", "endedDays", "successorDays", "explanation", "warning"), "with"),
    "ScorecardTime": dict.fromkeys(("scorecardUuid", "signed", "rules", "fullTimeShare", "days", "paidDays", "leaves", "targets", "told"),
                                   "with"),
    "TimeRules": dict.fromkeys(("leaveDays", "leaveTargets", "partTimeTargets", "leaveFromDays", "unaffectedKinds"), "with"),
    "DueAssessment": dict.fromkeys(("stage", "dueOn", "releasedOn", "state"), "with"),
    "ScorecardLeave": dict.fromkeys(("firstDay", "lastDay", "days", "changesSomething"), "with"),
    "ProRatedTarget": dict.fromkeys(("kpiUuid", "name", "part", "share", "signed", "counted"), "with"),
    "Leave": dict.fromkeys(("uuid", "firstDay", "lastDay", "kind", "version"), "with"),
    "LeaveChanged": {"leave": "with"},
    "ScorecardStep": dict.fromkeys(("scorecardUuid", "happenedAt", "verb", "side", "sentence", "changes", "comment"), "with"),
    "Finding": dict.fromkeys(("scorecardUuid", "unitUuid", "line", "kpiUuid", "sentence", "facts", "rule", "muting"), "with"),
    "FindingRule": dict.fromkeys(("code", "severity", "subject", "title", "reason", "consequence", "fix", "source", "section"), "with"),
    "Muting": dict.fromkeys(("uuid", "code", "reason", "mutedAt", "endsOn", "scorecardUuid", "kpiUuid", "unitUuid", "cycleUuid"), "with"),
    "ScorecardQuality": dict.fromkeys(("points", "errors", "warnings", "information"), "with"),
    "FindingConnection": dict.fromkeys(PAGE, "with"),
    "FindingEdge": dict.fromkeys(("cursor", "node"), "with"),
    "MutingChanged": {"muting": "with"},
    "Score": dict.fromkeys(("freshness", "staleSince", "computedAt", "composite", "lines", "errorCode", "errorMessage", "engineVersion",
                            "planDigest"), "with"),
    "ScoredLine": dict.fromkeys(("line", "kpiUuid", "name", "weight", "attainmentRaw", "attainmentCapped", "score", "reason"), "with"),
    "Review": dict.fromkeys(("id", "uuid", "stage", "status", "releasedAt", "acknowledgedAt"), "with")
    | {"overallRating": "released", "person": "in_sight"},
    "Cycle": dict.fromkeys(("id", "uuid", "code", "name", "startsOn", "endsOn", "midYearOn", "yearEndOn", "status", "version", "verbs"),
                           "with"),
    "CycleChanged": {"cycle": "with"},
    "Viewer": dict.fromkeys(("roles", "person", "payouts", "readings"), "own"),
    "Reading": dict.fromkeys(("readAt", "what", "subjectType", "subjectUuid", "reader"), "own"),
    "Reader": dict.fromkeys(("kind", "name", "roles"), "own"),
    "ReadingConnection": dict.fromkeys(PAGE, "own"),
    "ReadingEdge": dict.fromkeys(("cursor", "node"), "own"),
    "Payout": dict.fromkeys(("uuid", "cycleCode", "periodStart", "periodEnd", "composite", "payout", "releasedBefore", "amount", "currency",
                             "reasonCode", "releasedAt"), "own"),
    "RolledUpKpi": dict.fromkeys(("uuid", "name", "level", "rollUp", "rollUpOf", "value", "unit", "attainmentRaw", "attainmentCapped",
                                  "reason", "complete", "countedTwice", "missing"), "with") | {"kpi": "in_sight"},
    "MissingBelow": dict.fromkeys(("uuid", "name", "since"), "with"),
    "NamedKpi": dict.fromkeys(("uuid", "name", "level"), "with") | {"kpi": "in_sight"},
    "DoubledResult": dict.fromkeys(("kpi", "sum", "kind", "times", "value", "tooMuch", "unit", "sentence"), "with"),
    "WhatWould": dict.fromkeys(("sentence", "effects", "depends"), "with"),
    "Effect": dict.fromkeys(("kpi", "of", "before", "after", "change", "changePercent", "unit", "complete"), "with"),
    "Dependence": dict.fromkeys(("kpi", "through", "weight", "ofWeights", "because"), "with"),
    "Organization": dict.fromkeys(("name", "mission", "indicatorLabel", "currency", "timeRules", "version"), "with"),
    "OrganizationChanged": {"organization": "with"},
    "UnitChanged": {"unit": "with"},
    "Role": dict.fromkeys(("id", "uuid", "code", "name", "coreResponsibilities", "number", "effectiveFrom", "version", "versions"), "with"),
    "RoleVersion": dict.fromkeys(("number", "effectiveFrom", "name", "coreResponsibilities", "note", "authorUuid", "writtenAt", "changes"),
                                 "with"),
    "Competency": dict.fromkeys(("id", "uuid", "code", "name", "description", "levels", "forManagers", "version"), "with")
    | {"uses": "in_sight"},
    "CompetencyUse": dict.fromkeys(("definitionUuid", "code", "name", "number", "status"), "with"),
    "ApplicableDefinitions": dict.fromkeys(("day", "roleCode", "grade", "hasDirectReports", "definitions"), "with"),
    "ApplicableDefinition": dict.fromkeys(("uuid", "code", "name", "number"), "with"),
    "RoleChanged": {"role": "with"},
    "CompetencyChanged": {"competency": "with"},
    "DefinitionDuplicate": dict.fromkeys(("definition", "other", "why", "similarity", "sentence", "note"), "with"),
    "DuplicateSide": dict.fromkeys(("uuid", "code", "name", "number"), "with"),
    "DefinitionDuplicateConnection": dict.fromkeys(PAGE, "with"),
    "DefinitionDuplicateEdge": dict.fromkeys(("cursor", "node"), "with"),
    "DuplicateChanged": dict.fromkeys(("mergedInto", "draftNumber"), "with"),
    "StrayContribution": dict.fromkeys(("uuid", "finding", "sentence"), "with") | {"child": "in_sight", "parent": "in_sight"},
    "UnitMoveChanged": dict.fromkeys(("moved", "version", "kpiCount", "astrayCount", "astray", "cutOffCount", "cutOff", "warnings", "unit"),
                                     "with") | {"losesSight": "in_sight", "gainsSight": "in_sight"},
    "Collaboration": dict.fromkeys(("kpiUuid", "state", "terms", "digest", "stakeholders", "former", "waitingFor", "proposals", "comments",
                                    "records", "celebration", "retrospectives", "earlier", "named", "verbs"), "with"),
    "KpiTerms": dict.fromkeys(("name", "definitionCode", "definitionVersion", "sourceOfTruth", "updateFrequency", "combine", "direction",
                               "targets", "windowStart", "windowEnd", "windowEvent", "windowDays"), "with"),
    "FormerCollaborator": dict.fromkeys(("uuid", "name", "part", "leftAt", "reason", "agreedAt"), "with"),
    **{f"{name}Connection": dict.fromkeys(PAGE, "with") for name in ("KpiProposal", "KpiComment", "PartRecord")},
    **{f"{name}Edge": dict.fromkeys(("cursor", "node"), "with") for name in ("KpiProposal", "KpiComment", "PartRecord")},
    "Collaborator": dict.fromkeys(("uuid", "name", "part", "creditShare", "agreed", "agreedAt", "agreedBy", "changes", "yours"), "with"),
    "KpiProposal": dict.fromkeys(("uuid", "author", "text", "targets", "status", "reply", "createdAt", "answeredAt"), "with"),
    "KpiComment": dict.fromkeys(("uuid", "author", "proposalUuid", "text", "createdAt"), "with"),
    "PartRecord": dict.fromkeys(("uuid", "stakeholderUuid", "recordedBy", "day", "value", "unit", "note"), "with"),
    "Retrospective": dict.fromkeys(("kpiUuid", "kpiName", "windowEnd", "author", "wentWell", "toImprove"), "with"),
    "Celebration": dict.fromkeys(("achievedOn", "text"), "with"),
    "CollaborationChanged": {"collaboration": "with"},
    "DevelopmentGoal": dict.fromkeys(("id", "uuid", "skill", "aim", "why", "dueOn", "status", "measuredBy", "writtenBySide", "waitingFor",
                                      "agreedAt", "closedAt", "closingReason", "version", "steps", "stepsDone", "evidence", "verbs"),
                                     "with") | {"person": "in_sight", "kpi": "in_sight"},
    "DevelopmentStep": dict.fromkeys(("uuid", "text", "dueOn", "doneOn"), "with"),
    "DevelopmentEvidence": dict.fromkeys(("uuid", "authorUuid", "text", "link", "givenAt"), "with"),
    "DevelopmentGoalChanged": {"goal": "with"},
    "PageInfo": dict.fromkeys(("hasNextPage", "hasPreviousPage", "startCursor", "endCursor"), "with"),
    "ScorecardChanged": {"scorecard": "in_sight"},
    "ReviewChanged": {"review": "in_sight"},
    "FieldError": dict.fromkeys(("field", "code", "message"), "with"),
    **{f"{name}Connection": dict.fromkeys(PAGE, "with") for name in CONNECTED},
    **{f"{name}Edge": {"cursor": "with", "node": "in_sight"} for name in CONNECTED},
    **{f"{name}Problem": dict.fromkeys(("code", "title", "detail", "errors"), "with")
       for name in ("NotFound", "NotAllowed", "Changed", "Conflict", "Invalid")},
    **DICTIONARY,
}  # fmt: skip

# Records by their type in the graph; a scorecard or a review is one of two kinds of the cast.
KINDS = {"Person": ("person",), "Kpi": ("kpi",), "CascadeKpi": ("kpi",), "Scorecard": ("scorecard", "closed_scorecard"),
         "Review": ("review", "released_review"), "DevelopmentGoal": ("development_goal",)}  # fmt: skip


@dataclass
class Fields:
    """What viewers were given of fields, and what was wrong with it."""

    cast: Cast
    given: set[tuple[str, str]] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    hidden: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    shown: set[tuple[str, str]] = field(default_factory=set)

    def observe(self, viewer: str, data: Any) -> None:
        """Take note of every object in an answer's data."""
        if viewer.startswith("foreign_"):
            return
        for record in objects(data):
            self._note_fields(viewer, record)
            self._check_sight(viewer, record)

    def _note_fields(self, viewer: str, record: dict[str, Any]) -> None:
        type_, uuid = record["__typename"], str(record.get("uuid"))
        for name, value in record.items():
            if name == "__typename":
                continue
            if value is not None:
                self.given.add((type_, name))
            rule = FIELDS[type_][name]
            if rule == "with" or not uuid:
                continue
            key = (f"{type_}.{name}", uuid)
            if value not in (None, []):
                self.shown.add(key)
            else:
                self.hidden[key].add(viewer)

    def _check_sight(self, viewer: str, record: dict[str, Any]) -> None:
        found = self._owner(record)
        if found is None:
            return
        kind, owner = found
        expected = sees(kind, viewer, owner)
        if expected not in {"whole", "ancestor"}:
            self.leaks.append(f"graphql shows {viewer} {kind} {owner}")
        if expected == "ancestor" and any(record.get(name) is not None for name in (*WHOLE_ONLY, "owner")):
            self.leaks.append(f"graphql shows {viewer} more of {kind} {owner} than an ancestor view: {record}")
        if kind == "review" and record.get("status") == "OPEN" and record.get("overallRating") is not None:
            self.leaks.append(f"graphql shows {viewer} the rating of {owner}'s review before its release")

    def _owner(self, record: dict[str, Any]) -> tuple[str, str] | None:
        for kind in KINDS.get(record["__typename"], ()):
            for owner, thing in self.cast.records[kind].items():
                if thing["id"] == record.get("uuid"):
                    return kind, owner
        return None

    def denied_cells(self) -> int:
        """Viewers from whom a field of a record was kept that another viewer was given."""
        return sum(len(viewers) for key, viewers in self.hidden.items() if key in self.shown)


def objects(data: Any) -> Iterator[dict[str, Any]]:
    """Every object of an answer that names its type."""
    if isinstance(data, list):
        for item in data:
            yield from objects(item)
    elif isinstance(data, dict):
        if "__typename" in data:
            yield data
        for value in data.values():
            yield from objects(value)
