"""The life of a scorecard against the table it was written from: whatever order people act in, no path leads round an agreement."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kpi_api.scorecards.lifecycle import OTHER, STATUSES, TRANSITIONS, Side, Status, Verb, acting_side, allows, refusal

SIDES = st.sets(st.sampled_from(["person", "manager", "hr"]))
# Domain "Scorecard and agreement", written down a second time: verb -> (from, to).
TABLE = {
    "propose": ({"draft"}, "proposed"),
    "counter": ({"proposed", "countered"}, "countered"),
    "agree": ({"proposed", "countered"}, "agreed"),
    "reject": ({"proposed", "countered"}, "draft"),
    "withdraw": ({"proposed", "countered"}, "draft"),
    "force": ({"draft", "proposed", "countered"}, "agreed"),
}


def test_the_table_is_the_domains() -> None:
    for verb, (begins, ends) in TABLE.items():
        assert {status for status in STATUSES if allows(status, verb)} == begins  # type: ignore[arg-type]
        assert TRANSITIONS[verb].ends == ends  # type: ignore[index]
    assert TRANSITIONS.keys() == TABLE.keys()


class ScorecardLife(RuleBasedStateMachine):
    """People of every side try every verb; `signed` is which sides signed the current text."""

    def __init__(self) -> None:
        super().__init__()
        self.status: Status = "draft"
        self.written_by: Side = "hr"
        self.signed: set[Side] = set()

    @rule(verb=st.sampled_from(sorted(TABLE)), sides=SIDES)
    def act(self, verb: Verb, sides: set[Side]) -> None:
        if refusal(self.status, verb, self.written_by, sides) is not None:
            return
        side = acting_side(verb, self.written_by, sides)
        assert side in sides
        if verb in ("propose", "counter"):
            assert verb == "propose" or side == OTHER[self.written_by]
            self.written_by, self.signed = side, {side}
        elif verb in ("agree", "force"):
            self.signed |= {side}
        else:
            self.signed = set()
        self.status = TRANSITIONS[verb].ends

    @invariant()
    def what_is_agreed_is_signed_by_both_or_imposed(self) -> None:
        if self.status == "agreed":
            assert {"person", "manager"} <= self.signed or "hr" in self.signed

    @precondition(lambda self: self.status == "agreed")
    @rule(verb=st.sampled_from(sorted(TABLE)), sides=SIDES)
    def what_is_agreed_stays(self, verb: Verb, sides: set[Side]) -> None:
        assert refusal(self.status, verb, self.written_by, sides) is not None


TestScorecardLife = ScorecardLife.TestCase
TestScorecardLife.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
