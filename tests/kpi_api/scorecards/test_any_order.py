"""The table of domain "Scorecard and agreement", held against the real doors: whatever two sides and HR do, in any order, also two at once.

The model says what each verb does; each run drives one scorecard over HTTP through steps that Hypothesis picks, and shrinks what is wrong.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kpi_api.scorecards.scene import Scene, set_scene
from tests.world import World

SIDES: Final = {"ann": "person", "max": "manager", "hr": "hr"}
OTHER: Final = {"person": "manager", "manager": "person"}
VERBS: Final = ("propose", "counter", "agree", "reject", "withdraw", "force")
WEIGHTS: Final = (("50.00", "30.00", "20.00"), ("60.00", "30.00", "10.00"), ("40.00", "40.00", "20.00"))

Step = tuple[str, str, int]
steps = st.tuples(st.sampled_from(VERBS), st.sampled_from(sorted(SIDES)), st.integers(0, 2))


@dataclass
class Model:
    """What the table says a scorecard is."""

    status: str = "draft"
    writer: str = "hr"
    weights: int = 0
    imposed: bool = False
    signed: list[tuple[str, int]] = field(default_factory=list)

    def expects(self, step: Step) -> int:
        """The status of the answer."""
        verb, by, _ = step
        negotiating = self.status in {"proposed", "countered"}
        possible = {"propose": self.status == "draft", "force": self.status in {"draft", "proposed", "countered"}}
        if not possible.get(verb, negotiating):
            return 409
        side = SIDES[by]
        whose = {"propose": {"person", "manager"}, "force": {"hr"}, "withdraw": {self.writer}}
        return 200 if side in whose.get(verb, {OTHER.get(self.writer, "")}) else 403

    def take(self, step: Step) -> None:
        verb, by, weights = step
        ends = {"propose": "proposed", "counter": "countered", "reject": "draft", "withdraw": "draft"}
        self.status = ends.get(verb, "active")
        if verb == "counter":
            self.weights = weights
        if verb in {"propose", "counter"}:
            self.writer = SIDES[by]
        if verb not in {"reject", "withdraw"}:
            self.signed.append((SIDES[by], self.weights))
        self.imposed |= verb == "force"


async def act(scene: Scene, card: str, step: Step, etag: str) -> httpx.Response:
    verb, by, weights = step
    bodies: dict[str, dict[str, Any]] = {"force": {"reason": "So be it"}, "counter": {"lines": scene.lines(*WEIGHTS[weights])}}
    return await scene.act(card, verb, by, etag=etag, **bodies.get(verb, {}))


async def agrees(scene: Scene, card: str, model: Model) -> str:
    """The scorecard is what the model says; gives its ETag."""
    seen = await scene.read(card)
    assert (seen["status"], seen["imposed"]) == (model.status, model.imposed)
    assert model.status == "draft" or seen["written_by_side"] == model.writer or model.imposed
    assert tuple(line["weight"] for line in seen["lines"]) == WEIGHTS[model.weights]
    assert [one["side"] for one in seen["signatures"]] == [side for side, _ in model.signed]
    texts = {one["digest"]: weights for one, (_, weights) in zip(seen["signatures"], model.signed, strict=True)}
    assert len(texts) == len({weights for _, weights in model.signed})
    waiting = OTHER[model.writer] if model.status in {"proposed", "countered"} else None
    assert seen["waiting_for"] == waiting
    if model.status == "active":
        assert seen["agreement_digest"] == seen["signatures"][-1]["digest"]
        signed = (await (await scene.client("hr")).get(f"/v1/scorecards/{card}/agreement")).json()
        assert signed["verified"] is True
    return str(seen["etag"])


QUICK: Final = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
DEEP: Final = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


async def any_steps(world: World, taken: list[Step]) -> None:
    """Each step does what the model says, and nothing else happens."""
    scene = await set_scene(await world.new_organization())
    card, model = await scene.opened(), Model()
    etag = await agrees(scene, card, model)
    for step in taken:
        answer = await act(scene, card, step, etag)
        assert answer.status_code == model.expects(step), (model, step, answer.text)
        if answer.is_success:
            model.take(step)
        etag = await agrees(scene, card, model)


async def two_at_once(world: World, proposer: str, pair: tuple[Step, Step]) -> None:
    """Of two steps from the same state one is done, if either may; the other is told that it came late, and leaves nothing."""
    scene = await set_scene(await world.new_organization())
    card, model = await scene.opened(), Model()
    first: Step = ("propose", proposer, 0)
    assert (await act(scene, card, first, await agrees(scene, card, model))).is_success
    model.take(first)
    etag = await agrees(scene, card, model)
    answers = await asyncio.gather(*(act(scene, card, step, etag) for step in pair))
    able = [model.expects(step) == 200 for step in pair]
    done = [answer.is_success for answer in answers]
    assert done.count(True) == min(1, able.count(True)), (model, pair, [answer.text for answer in answers])
    assert [answer.status_code for answer, could, did in zip(answers, able, done, strict=True) if could and not did] in ([], [412])
    if any(done):
        model.take(pair[done.index(True)])
    await agrees(scene, card, model)


@given(taken=st.lists(steps, min_size=1, max_size=8))
@QUICK
async def test_any_steps_in_any_order(world: World, taken: list[Step]) -> None:
    await any_steps(world, taken)


@given(proposer=st.sampled_from(("ann", "max")), pair=st.tuples(steps, steps))
@QUICK
async def test_of_any_two_at_once_one_is_done(world: World, proposer: str, pair: tuple[Step, Step]) -> None:
    await two_at_once(world, proposer, pair)


@pytest.mark.deep
@given(taken=st.lists(steps, min_size=1, max_size=14))
@DEEP
async def test_any_steps_in_any_order_at_length(world: World, taken: list[Step]) -> None:
    await any_steps(world, taken)


@pytest.mark.deep
@given(proposer=st.sampled_from(("ann", "max")), pair=st.tuples(steps, steps))
@DEEP
async def test_of_any_two_at_once_one_is_done_at_length(world: World, proposer: str, pair: tuple[Step, Step]) -> None:
    await two_at_once(world, proposer, pair)
