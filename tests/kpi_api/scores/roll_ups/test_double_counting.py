"""What is counted twice: by hand-made graphs, and over HTTP with the ways in words, as far as a viewer sees them."""

from uuid import UUID

from kpi_api.scores.roll_ups.double_counting import doubled
from tests.kpi_api.cascade.company import Company
from tests.kpi_api.scores.roll_ups.scene import cascade, dollars, link, measure, read, say

TOP, A, B, C, X, Y = (UUID(int=n) for n in range(1, 7))


def test_a_tree_counts_nothing_twice() -> None:
    assert doubled({X: [A], Y: [B], A: [TOP], B: [TOP]}, []) == []


def test_two_ways_are_found_where_they_meet_and_not_above() -> None:
    (found,) = doubled({X: [A, B], A: [C], B: [C], C: [TOP]}, [])
    assert (found.kpi_id, found.sum_id, found.kind, found.times) == (X, C, "two_ways", 2)
    assert found.paths == [(X, A, C), (X, B, C)]


def test_what_lies_below_a_shared_result_is_not_a_finding_of_its_own() -> None:
    parents = {Y: [X, TOP], X: [A, B], A: [C], B: [C]}
    assert [(found.kpi_id, found.sum_id) for found in doubled(parents, [])] == [(X, C)]


def test_a_child_that_is_a_grandchild_too() -> None:
    (found,) = doubled({X: [A, TOP], A: [TOP]}, [])
    assert (found.kind, found.times, found.paths) == ("child_and_grandchild", 2, [(X, TOP), (X, A, TOP)])


def test_three_ways_count_three_times_and_very_many_are_cut() -> None:
    (found,) = doubled({X: [A, B, C], A: [TOP], B: [TOP], C: [TOP]}, {X})
    assert (found.times, found.kind) == (3, "collaborative")
    steps = [UUID(int=100 + n) for n in range(30)]
    ladder = {steps[n]: steps[n + 1 : n + 3] for n in range(29)}
    found = next(one for one in doubled(ladder, []) if (one.kpi_id, one.sum_id) == (steps[0], steps[29]))
    assert (len(found.paths), found.times) == (20, 832040)


async def test_ways_are_told_in_words_with_what_is_too_much(company: Company) -> None:
    ids = await cascade(company)
    await link(company, "eli", "support")
    await measure(company, eli="1010.5")

    (found,) = (await read(company, "double-counting"))["items"]

    assert found["sentence"] == (
        "“Revenue of eli” counts 2 times in “Revenue of field”: by “Revenue of support” and"
        " by “Revenue of north”, then “Revenue of sales”. 1,010.5 USD are counted too much."
    )
    assert found["paths"] == [[ids["eli"], ids["support"], ids["field"]], [ids["eli"], ids["north"], ids["sales"], ids["field"]]]
    assert (found["kind"], found["times"], found["value"], found["too_much"], found["unit"]) == ("two_ways", 2, "1010.5", "1010.5", "USD")


async def test_a_collaborative_result_of_two_units_that_roll_into_one(company: Company) -> None:
    await cascade(company)
    await company.create(dollars("joint", "team", unit="north", collaborative=True, stakeholders=[{"unit_code": "support"}]))
    await link(company, "joint", "sales")
    await link(company, "joint", "support")

    (found,) = (await read(company, "double-counting"))["items"]

    assert (found["kind"], found["sum"]["name"], found["value"], found["too_much"]) == ("collaborative", "Revenue of field", None, None)


async def test_a_mean_ends_it_and_nobody_hears_of_what_they_do_not_see(company: Company) -> None:
    ids = await cascade(company)
    await link(company, "eli", "support")

    eyes = {name: len((await read(company, "double-counting", by=name))["items"]) for name in ("ida", "ben", "cleo", "gus", "eli")}
    await say(company, ids["support"], roll_up="mean")

    assert eyes == {"ida": 1, "ben": 1, "cleo": 0, "gus": 0, "eli": 0}
    assert await read(company, "double-counting") == {"items": [], "complete": True}
