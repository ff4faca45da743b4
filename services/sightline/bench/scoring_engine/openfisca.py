"""The engine against the same plan in OpenFisca-core: a line is its person, a scorecard its group, each step a variable in float32."""

from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import YEAR
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.simulations import Simulation
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from scoring.engine import load_plan
from sightline.bench.figures import Figure
from sightline.bench.scoring_engine.arrays import LINE_CURVE, PAYOUT_CURVE
from sightline.bench.scoring_engine.material import PLAN, facts, floats, require_same_payouts, scored, seconds, tables

ROUNDS = 3
PERIOD = "2026"
FLOAT32_OFF = 0.25
"""What 24 bits lose of a payout of 80,000."""

LINE = build_entity("line", "lines", "A KPI on a scorecard", is_person=True)
SCORECARD = build_entity("scorecard", "scorecards", "A person's scorecard", roles=[{"key": "part", "plural": "parts"}])


FIGURES = {LINE: ("actual", "target", "weight"), SCORECARD: ("salary", "share", "assigned")}


def of_openfisca(people: int) -> Figure:
    """Seconds of the engine by seconds of OpenFisca."""
    given = facts(people)
    plan, inputs, arrays, system = load_plan(PLAN), tables(given), floats(given), tax_benefit_system()
    require_same_payouts(scored(plan, *inputs)[1], payouts(simulation(system, arrays)), FLOAT32_OFF)
    mine, theirs = [], []
    for _ in range(ROUNDS):
        fresh = simulation(system, arrays)  # it remembers what it computed
        theirs.append(seconds(lambda: payouts(fresh)))  # noqa: B023 - called at once
        mine.append(seconds(lambda: scored(plan, *inputs)))
    return Figure("scoring.openfisca", min(mine), "s", min(theirs), "lower", 2.0)


def payouts(simulated: Simulation) -> Any:
    """What each scorecard is paid."""
    return simulated.calculate("payable", PERIOD)


def simulation(system: TaxBenefitSystem, arrays: dict[str, Any]) -> Simulation:
    """All scorecards with their figures."""
    builder, people = SimulationBuilder(), len(arrays["salary"])
    builder.create_entities(system)
    builder.declare_person_entity("line", np.arange(len(arrays["owner"])))
    scorecards = builder.declare_entity("scorecard", np.arange(people))
    builder.join_with_persons(scorecards, arrays["owner"], roles=["part"])
    made = builder.build(system)
    for name in (*FIGURES[LINE], *FIGURES[SCORECARD]):
        made.set_input(name, PERIOD, arrays[name].astype(np.float32))
    return made


def tax_benefit_system() -> TaxBenefitSystem:
    """The plan: figures given, and a variable for each step."""
    system = TaxBenefitSystem([SCORECARD, LINE])
    for entity, names in FIGURES.items():
        for name in names:
            system.add_variable(_variable(name, entity))
    for name, entity, formula in STEPS:
        system.add_variable(_variable(name, entity, formula=formula))
    return system


def _variable(name: str, entity: Any, **formula: Any) -> type[Variable]:
    return type(name, (Variable,), {"value_type": float, "entity": entity, "definition_period": YEAR, "label": name, **formula})


def _attainment(line: Any, period: Any) -> Any:
    return line("actual", period) / line("target", period)


def _line_score(line: Any, period: Any) -> Any:
    attainment = line("attainment", period)
    return np.where(attainment < np.float32(0.8), 0, np.interp(attainment, *LINE_CURVE))


def _composite(scorecard: Any, period: Any) -> Any:
    return scorecard.sum(scorecard.members("line_score", period) * scorecard.members("weight", period))


def _payout_factor(scorecard: Any, period: Any) -> Any:
    composite = scorecard("composite", period)
    return np.where(composite < np.float32(0.5), 0, np.interp(composite, *PAYOUT_CURVE))


def _basis(scorecard: Any, period: Any) -> Any:
    return scorecard("salary", period) * scorecard("share", period) * scorecard("assigned", period)


def _payable(scorecard: Any, period: Any) -> Any:
    return np.rint(scorecard("basis", period) * scorecard("payout_factor", period) * 100) / 100


STEPS = [
    ("attainment", LINE, _attainment),
    ("line_score", LINE, _line_score),
    ("composite", SCORECARD, _composite),
    ("payout_factor", SCORECARD, _payout_factor),
    ("basis", SCORECARD, _basis),
    ("payable", SCORECARD, _payable),
]
