"""The committed schema is the code's, and its words are the domains'."""

from enum import Enum
from pathlib import Path
from typing import get_args

import pytest

from kpi_api.cascade.levels import LEVELS
from kpi_api.cascade.schemas import KpiStatus
from kpi_api.dictionary import schemas as dictionary
from kpi_api.dictionary import vocabulary
from kpi_api.dictionary.stewardship import schemas as stewardship
from kpi_api.dictionary.vocabulary import Comparison, TargetPeriod
from kpi_api.graphql import words
from kpi_api.graphql.dictionary import words as dictionary_words
from kpi_api.graphql.schema import sdl
from kpi_api.reviews import lifecycle as reviews
from kpi_api.scorecards import lifecycle as scorecards
from kpi_api.scores.schemas import Freshness

COMMITTED = Path(__file__).parents[3] / "openapi" / "kpi_api.graphql"


def test_the_committed_schema_is_current() -> None:
    assert COMMITTED.read_text() == sdl(), "run `make contracts`"


@pytest.mark.parametrize(
    ("enumeration", "domain_words"),
    [
        (words.KpiLevel, LEVELS),
        (words.KpiStatus, get_args(KpiStatus)),
        (words.Comparison, get_args(Comparison)),
        (words.TargetPeriod, get_args(TargetPeriod)),
        (words.ScorecardStatus, get_args(scorecards.Status)),
        (words.Side, get_args(scorecards.Side)),
        (words.Freshness, get_args(Freshness)),
        (words.ReviewStage, get_args(reviews.Stage)),
        (words.ReviewStatus, get_args(reviews.Status)),
        (dictionary_words.Direction, get_args(vocabulary.Direction)),
        (dictionary_words.Dimension, get_args(vocabulary.Dimension)),
        (dictionary_words.Combine, get_args(vocabulary.Combine)),
        (dictionary_words.CombineParts, get_args(vocabulary.CombineParts)),
        (dictionary_words.DefinitionKind, get_args(vocabulary.Kind)),
        (dictionary_words.Controllability, get_args(vocabulary.Controllability)),
        (dictionary_words.ControllabilityCause, get_args(vocabulary.ControllabilityCause)),
        (dictionary_words.UpdateFrequency, get_args(vocabulary.Frequency)),
        (dictionary_words.DefinitionStatus, get_args(vocabulary.VersionStatus)),
        (dictionary_words.UseKind, get_args(dictionary.Use.model_fields["kind"].annotation)),
        (dictionary_words.BusinessChangeKind, get_args(stewardship.ChangeKind)),
        (dictionary_words.DefinitionReviewReason, get_args(stewardship.ReviewReason)),
        (dictionary_words.DefinitionReviewOutcome, get_args(stewardship.ReviewOutcome)),
    ],
)
def test_enumerations_are_the_domains_own_words(enumeration: type[Enum], domain_words: tuple[str, ...]) -> None:
    assert {member.value for member in enumeration} == set(domain_words)


@pytest.mark.parametrize("needed", ["node(", "interface Node {", "hasNextPage: Boolean!", "endCursor: String", "scalar Decimal"])
def test_relay_finds_what_it_needs(needed: str) -> None:
    assert needed in sdl()
