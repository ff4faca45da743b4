"""The role library: complete, as printed, and every line of it usable as it is."""

from collections import Counter
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from chassis.expressions import Unit, parse
from kpi_api.dictionary.library import Library, LibraryKpi, LibraryRole, load_library
from kpi_api.dictionary.library.contents import RoleName
from kpi_api.dictionary.targets_fit import misfits

LIBRARY = load_library()
PRINTED = [kpi for role in LIBRARY.roles for kpi in role.kpis]


def each(kpis: list[LibraryKpi]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kpi", kpis, ids=lambda kpi: kpi.code)


def test_six_roles_have_their_five_kpis_as_printed() -> None:
    assert [role.role.name for role in LIBRARY.roles] == [
        "Sales Representative",
        "Software / Product Engineer",
        "Marketing Manager",
        "HR Business Partner",
        "Finance Business Partner",
        "Customer Service Agent",
    ]
    assert [(kpi.name, kpi.target_text) for kpi in PRINTED] == [
        ("Quarterly revenue closed", "$450,000 per quarter"),
        ("New accounts opened", "8 new enterprise accounts per quarter"),
        ("Sales activity rate", "Minimum 50 outbound contacts per week"),
        ("Win rate", "28% or above on qualified opportunities"),
        ("Customer satisfaction (post-sale)", "CSAT score 4.2 / 5.0 or above"),
        ("Sprint velocity", "Average 18 story points per 2-week sprint"),
        ("Code quality", "Bug escape rate below 2% of deployed features"),
        ("On-time delivery", "90% of committed sprint items completed within sprint"),
        ("Code review participation", "Review minimum 3 peer pull requests per week"),
        ("Upskilling", "Complete one technical certification per half-year"),
        ("MQLs generated", "150 marketing qualified leads per month"),
        ("Campaign ROI", "Minimum 4:1 return on campaign spend"),
        ("Content output", "8 published pieces per month across owned channels"),
        ("E-mail engagement", "Open rate above 28%; click-through above 4%"),
        ("Budget adherence", "Spend within 5% of approved monthly budget"),
        ("Time to fill (supported roles)", "Average 35 days or under"),
        ("Hiring manager satisfaction", "Score 4.0/5.0 or above in quarterly survey"),
        ("Employee relations case resolution", "90% of cases closed within 10 business days"),
        ("Training completion rate (assigned programs)", "95% across supported departments"),
        ("Retention of high performers", "Zero regrettable departures in supported business units per half-year"),
        ("Forecast accuracy", "Within ±3% of actual monthly outcome"),
        ("Budget variance reporting", "Delivered within 3 business days of month-end close"),
        ("Business unit satisfaction score", "4.2/5.0 or above in stakeholder survey"),
        ("Cost savings identified", "Minimum $500K annualized savings recommendations per year"),
        ("Audit finding rate", "Zero high-severity findings in supported area"),
        ("Tickets resolved per day", "Minimum 35 tickets"),
        ("First contact resolution rate", "80% or above"),
        ("Average handle time", "Under 6 minutes per interaction"),
        ("CSAT score", "4.5/5.0 or above"),
        ("SLA compliance rate", "95% of tickets resolved within agreed timeframe"),
    ]


def test_sixteen_of_the_thirty_targets_recur_over_seven_period_lengths() -> None:
    periods = Counter(kpi.targets[0].period for kpi in PRINTED)

    assert periods == {"window": 14, "month": 5, "quarter": 3, "week": 2, "sprint": 2, "half_year": 2, "day": 1, "year": 1}
    assert sum(periods.values()) - periods["window"] == 16


def test_only_the_two_lost_cells_are_filled_in_and_say_so() -> None:
    assert {kpi.code for kpi in LIBRARY.kpis.values() if kpi.filled} == {"email_engagement", "new_hire_retention"}
    assert [example.kpis for example in LIBRARY.examples if example.filled] == [("new_hire_retention",)]
    assert all(kpi.note for kpi in LIBRARY.kpis.values() if kpi.filled)


def test_twenty_examples_stand_in_four_tables_and_share_the_codes_they_repeat() -> None:
    assert Counter(example.dimension for example in LIBRARY.examples) == {"output": 5, "quality": 5, "behavioural": 5, "development": 5}
    printed = {kpi.code for kpi in PRINTED}
    assert [code for example in LIBRARY.examples for code in example.kpis if code in printed] == [
        "quarterly_revenue_closed",
        "tickets_resolved_per_day",
        "customer_satisfaction_post_sale",
        "code_quality",
        "forecast_accuracy",
        "first_contact_resolution_rate",
    ]
    # a repeated example is of the dimension that its table says
    assert all(LIBRARY.kpis[code].dimension == example.dimension for example in LIBRARY.examples for code in example.kpis)


def test_recruiter_and_financial_analyst_stand_outside_the_six_roles() -> None:
    subjects = {example.subject for example in LIBRARY.examples if example.dimension in {"output", "quality"}}
    assert subjects == {"Sales Representative", "Software Engineer", "Customer Service Agent", "Recruiter", "Financial Analyst"}
    assert {"recruiter", "financial_analyst"}.isdisjoint(role.role.code for role in LIBRARY.roles)


@pytest.mark.parametrize("role", LIBRARY.roles, ids=lambda role: role.role.code)
def test_a_template_is_the_five_plus_one_behavioural_and_one_development_kpi_and_totals_100(role: LibraryRole) -> None:
    codes = [line.kpi for line in role.template]

    assert codes[:5] == [kpi.code for kpi in role.kpis]
    assert [LIBRARY.kpis[code].dimension for code in codes[5:]] == ["behavioural", "development"]
    assert len(set(codes)) == 7
    assert sum((line.weight for line in role.template), Decimal(0)) == Decimal("100.00")
    assert all(str(line.weight).endswith(".00") and 5 <= line.weight <= 50 for line in role.template)
    assert all(LIBRARY.kpis[code].targets for code in codes)


def test_codes_and_names_are_unique() -> None:
    every = [*PRINTED, *LIBRARY.other_kpis]

    assert len(LIBRARY.kpis) == len(every) == 48
    assert len({kpi.name for kpi in every}) == 48


@each(list(LIBRARY.kpis.values()))
def test_whatever_a_kpi_names_exists(kpi: LibraryKpi) -> None:
    assert kpi.outcome_code in {outcome.code for outcome in LIBRARY.outcomes}
    assert kpi.competency_code in {None, *(competency.code for competency in LIBRARY.competencies)}
    assert kpi.leads_to is None or (kpi.leading and kpi.leads_to in LIBRARY.kpis)
    assert (kpi.controllability == "high") == (kpi.controllability_cause is None)


@each([kpi for kpi in LIBRARY.kpis.values() if kpi.targets])
def test_every_target_fits_its_part(kpi: LibraryKpi) -> None:
    assert misfits(kpi.all_parts(), kpi.targets) == []
    assert (kpi.target_source == "printed") == (kpi.target_text is not None)


@each(list(LIBRARY.kpis.values()))
def test_every_part_has_a_formula_that_gives_its_unit(kpi: LibraryKpi) -> None:
    measures = {name: Unit.read(unit) for name, unit in kpi.measures.items()}
    formulas = {part: parse(text, measures) for part, text in kpi.formulas.items()}

    assert set(formulas) == {part.code for part in kpi.all_parts()}
    assert {name for formula in formulas.values() for name in formula.measures} == set(measures)
    for part in kpi.all_parts():
        # an average over counted things is in the unit of those things
        assert formulas[part.code].unit in {Unit.read(part.unit), Unit.read(part.unit + "/count")}


def test_a_printed_target_is_what_its_formula_meets() -> None:
    win_rate, roi = LIBRARY.kpis["win_rate"], LIBRARY.kpis["campaign_roi"]

    won = parse(win_rate.formulas["main"], {name: Unit.read(unit) for name, unit in win_rate.measures.items()})
    returned = parse(roi.formulas["main"], {name: Unit.read(unit) for name, unit in roi.measures.items()})

    assert won.evaluate({"opportunities_won": 7, "qualified_opportunities_decided": 25}) == win_rate.targets[0].value == 28
    assert returned.evaluate({"attributed_revenue": 100_000, "campaign_spend": 25_000}) == roi.targets[0].value == 4


def test_a_two_part_kpi_is_met_only_when_both_parts_are() -> None:
    email = LIBRARY.kpis["email_engagement"]

    assert [(target.part, target.comparison, target.value) for target in email.targets] == [
        ("open_rate", "above", Decimal(28)),
        ("click_through", "above", Decimal(4)),
    ]
    assert email.combine_parts == "all"


def test_the_worked_example_of_controllability() -> None:
    example = LIBRARY.controllability_example

    assert (LIBRARY.kpis[example.low].controllability, LIBRARY.kpis[example.high].controllability) == ("low", "high")
    assert LIBRARY.kpis[example.high].combine_parts == "count"


def test_the_launch_is_shared_by_four_functions_in_its_own_sixty_days() -> None:
    launch = LIBRARY.kpis[LIBRARY.collaborative_example.kpi]

    assert (launch.targets[0].value, launch.targets[0].period, launch.window_days) == (Decimal(1000), "window", 60)
    assert [part.function for part in LIBRARY.collaborative_example.parts] == ["Marketing", "Sales", "Product", "Customer success"]


def test_five_competencies_and_ten_outcome_areas() -> None:
    assert [competency.name for competency in LIBRARY.competencies] == [
        "Collaboration",
        "Communication",
        "Initiative",
        "Leadership (for managers)",
        "Learning & development",
    ]
    assert Counter(area.source for area in LIBRARY.areas) == {"S1": 4, "S2": 6}
    assert {outcome.area for outcome in LIBRARY.outcomes} <= {area.code for area in LIBRARY.areas}


def test_a_misspelt_field_of_the_data_is_refused() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(RoleName).validate_python({"code": "recruiter", "name": "Recruiter", "titel": "x"})


def test_the_library_is_read_once_and_cannot_be_changed() -> None:
    assert load_library() is LIBRARY
    assert isinstance(LIBRARY, Library)
    with pytest.raises(AttributeError):
        PRINTED[0].name = "Other"  # type: ignore[misc]
