"""What votes cost: as measured, in every way to hold them, and what is on the front of trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ensemble.polled import panels_about
from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.cost import cost
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.ways import AT_ONCE, CHEAPEST, HIGHEST, IN_TURN
from trusteval.tables import Section, Spread, Table
from trusteval.types import Answer, Cost, Label, MemoryKind, Refusal, Unavailable

MEMBERS = ("gptq-8", "gptq-4", "gptq-3")
A, B = Label("A"), Label("B")
TRUTHS = ["A"] * 4
SAID: Mapping[str, Sequence[Answer]] = {
    "dense": [A, A, A, B],
    "gptq-8": [A, A, A, B],
    "gptq-4": [A, A, B, B],
    "gptq-3": [A, B, B, A],
}
"""The first two settle the first two items if the highest precision is asked first."""
SECONDS = {"dense": 8.0, "gptq-8": 4.0, "gptq-4": 1.0, "gptq-3": 2.0}
MIB = 1 << 20


def measured(seconds: float, *, n: int = 4, machine: str = "mine") -> Cost:
    return Cost(
        n_answers=n,
        n_prompt_tokens=90 * n,
        n_new_tokens=10 * n,
        n_measured=n,
        wall_seconds=seconds * n,
        processor_seconds=2 * seconds * n,
        load_seconds=10 * seconds,
        loaded_bytes=int(seconds) * MIB,
        peak_bytes=int(seconds) * 3 * MIB,
        memory_kind=MemoryKind.PROCESS,
        machines=(machine,),
    )


COSTS = {name: measured(seconds) for name, seconds in SECONDS.items()}


def section_of(costs: Mapping[str, Cost]) -> Section:
    return cost(panels_about(TRUTHS, SAID, costs=costs))


def table_of(section: Section, name: str) -> Table:
    (found,) = (table for table in section.tables if table.name == name)
    return found


def rows_of(section: Section, name: str, *, by: str) -> dict[str, dict[str, Any]]:
    """Return a table's rows as a document has them, by one of its columns."""
    table = table_of(section, name)
    names = [column.name for column in table.columns]
    return {row[names.index(by)]: dict(zip(names, row, strict=True)) for row in table.rows}


def why(cell: object) -> str:
    assert isinstance(cell, Unavailable)
    return cell.why


# -- what was measured ---------------------------------------------------------------------


def test_an_answer_took_what_was_measured_of_it() -> None:
    row = rows_of(section_of(COSTS), "answer_costs", by="subject")["gptq-3"]
    assert (row["answers"], row["measured"]) == (4, 4)
    assert (row["seconds"], row["processor seconds"]) == (2.0, 4.0)
    assert (row["prompt tokens"], row["new tokens"], row["machine"]) == (90.0, 10.0, "mine")
    model = rows_of(section_of(COSTS), "model_costs", by="subject")["gptq-3"]
    assert (model["loading"], model["loaded"], model["peak"]) == (20.0, 2 * MIB, 6 * MIB)
    assert model["memory of"] == "process"


def test_what_nobody_measured_has_its_reason() -> None:
    served = Cost(4, None, 40, 4, 8.0, machines=("engine openai",), load_seconds=0.5)
    untimed = Cost(4, 360, 40)
    section = section_of({**COSTS, "gptq-4": served, "gptq-3": untimed})
    rows = rows_of(section, "answer_costs", by="subject")
    assert rows["gptq-4"]["seconds"] == 2.0
    assert "runs elsewhere" in why(rows["gptq-4"]["processor seconds"])
    assert "did not count these tokens" in why(rows["gptq-4"]["prompt tokens"])
    assert why(rows["gptq-3"]["seconds"]) == "nobody measured it"
    assert rows["gptq-3"]["measured"] == 0
    models = rows_of(section, "model_costs", by="subject")
    assert "runs elsewhere" in why(models["gptq-4"]["peak"])
    assert "nobody measured a load" in why(models["gptq-3"]["peak"])
    assert "nobody measured a load" in why(models["gptq-3"]["loading"])
    without = section_of({name: one for name, one in COSTS.items() if name != "gptq-8"})
    row = rows_of(without, "answer_costs", by="subject")["gptq-8"]
    assert why(row["seconds"]) == "no costs of it are recorded"


def test_run_without_costs_says_so_once_and_counts_answers() -> None:
    section = section_of({})
    for name in ("answer_costs", "model_costs"):
        table = table_of(section, name)
        assert not table.rows
        assert table.notes[0].startswith("no costs are recorded of mmlu")
    table = table_of(section, "front_in_answers")
    assert "not in seconds: the run holds no costs" in table.notes
    rows = rows_of(section, "front_in_answers", by="choice")
    assert rows["gptq-8"]["answers"] == 1
    assert rows[IN_TURN]["answers"] == 3
    assert AT_ONCE not in rows
    assert {row["ordered by"] for row in rows_of(section, "asked", by="way").values()} == {
        "bits",
        "precision",
    }


# -- the ways to hold a vote ---------------------------------------------------------------


def test_ways_take_what_is_counted_by_hand() -> None:
    rows = rows_of(section_of(COSTS), "ways", by="way")
    seconds = {name: row["seconds"] for name, row in rows.items()}
    assert seconds == {
        IN_TURN: 7.0,
        AT_ONCE: 4.0,
        # 4 bit, 3 bit, and 8 bit where those differ: on the second and the fourth item.
        CHEAPEST: 1 + 2 + 4 * 0.5,
        # 8 bit, 4 bit, and 3 bit where those differ: on the third item.
        HIGHEST: 4 + 1 + 2 * 0.25,
    }
    assert rows[CHEAPEST]["answers"] == 2.5
    assert rows[HIGHEST]["fewer answers"] == pytest.approx(1 - 2.25 / 3)
    assert rows[CHEAPEST]["less time"] == pytest.approx(2 / 7)
    assert rows[AT_ONCE]["less time"] == pytest.approx(3 / 7)
    assert rows[AT_ONCE]["processor seconds"] == rows[IN_TURN]["processor seconds"] == 14.0
    assert rows[HIGHEST]["tokens"] == 225


def test_cascade_asks_the_cheapest_by_seconds_then_the_next() -> None:
    section = section_of(COSTS)
    asked = [row[2:] for row in table_of(section, "asked").rows]
    assert asked == [
        (CHEAPEST, "seconds", 1, "gptq-4", 1.0),
        (CHEAPEST, "seconds", 2, "gptq-3", 1.0),
        (CHEAPEST, "seconds", 3, "gptq-8", 0.5),
        (HIGHEST, "precision", 1, "gptq-8", 1.0),
        (HIGHEST, "precision", 2, "gptq-4", 1.0),
        (HIGHEST, "precision", 3, "gptq-3", 0.25),
    ]
    assert any("full vote's answer on all 4 items" in note for note in section.notes)


def test_memory_of_a_vote_is_the_largest_peak_in_turn_and_their_sum_at_once() -> None:
    rows = rows_of(section_of(COSTS), "holding", by="members are held")
    assert (rows["in turn"]["memory"], rows["at once"]["memory"]) == (12 * MIB, 21 * MIB)
    assert (rows["in turn"]["loading"], rows["at once"]["loading"]) == (70.0, 40.0)
    assert rows["in turn"]["loading per item"] == 70.0 / 4
    on_a_gpu = replace(COSTS["gptq-3"], memory_kind=MemoryKind.DEVICE)
    mixed = rows_of(section_of({**COSTS, "gptq-3": on_a_gpu}), "holding", by="members are held")
    assert "device and process" in why(mixed["at once"]["memory"])


# -- trust against cost --------------------------------------------------------------------


def test_front_has_whom_nobody_is_cheaper_and_better_than() -> None:
    section = section_of(COSTS)
    rows = rows_of(section, "front", by="choice")
    scores = {name: row["score"].value for name, row in rows.items() if "halves" not in name}
    assert scores["gptq-8"] == pytest.approx(75)
    assert scores["gptq-4"] == scores[IN_TURN] == scores[CHEAPEST] == pytest.approx(50)
    on_it = {name for name in scores if rows[name]["on the front"] == "yes"}
    assert on_it == {"gptq-8", "gptq-4", "the fallback chain"}
    assert section.notes[0].startswith("vote-gptq, all dimensions, score against seconds per item")
    assert rows["the dense model"]["cost"] == 8.0


def test_vote_at_once_is_not_on_the_front_of_one_device() -> None:
    said = {"gptq-8": [A, A, A, B], "gptq-4": [A, A, B, A], "gptq-3": [B, A, A, A]}
    section = cost(panels_about(TRUTHS, said, costs=COSTS))
    rows = rows_of(section, "front", by="choice")
    assert rows[AT_ONCE]["on the front"] == "yes"
    assert rows[AT_ONCE]["on one device"] == "no"
    assert rows[CHEAPEST]["on the front"] == "no"
    assert rows[CHEAPEST]["on one device"] == "yes"


def test_seconds_of_another_machine_have_no_place() -> None:
    section = section_of({**COSTS, "dense": measured(8.0, machine="another")})
    row = rows_of(section, "front", by="choice")["the dense model"]
    assert "other machines" in why(row["cost"])
    assert why(row["on the front"]) == why(row["cost"])
    apart = section_of({**COSTS, "gptq-4": measured(1.0, machine="another")})
    assert rows_of(apart, "front_in_tokens", by="choice")[IN_TURN]["tokens"] == 300
    notes = table_of(apart, "front_in_tokens").notes
    assert "not in seconds: the members were measured on several machines" in notes


def test_means_weigh_dimensions_alike_and_benchmarks_within_them() -> None:
    names = {"mmlu": "astronomy", "advglue": "sst2", "advglue_plus_plus": "alpaca/sst2"}
    panels = list[Panel]()
    for place, (benchmark, setting) in enumerate(names.items()):
        asked = [BENCHMARKS[benchmark].setting(setting)] * 4
        right, wrong = (Label(label.value) for label in asked[0].labels[:2])
        said: dict[str, list[Answer]] = {name: [right] * 3 + [wrong] for name in MEMBERS}
        said["gptq-8"] = [right] * place + [wrong] * (4 - place)
        costs = {name: measured(SECONDS[name] * 10**place) for name in MEMBERS}
        panels += panels_about([right.value] * 4, said, asked=asked, costs=costs).panels
    together = Panels(panels_about(TRUTHS, SAID).run, tuple(panels))
    row = rows_of(cost(together), "front", by="choice")["gptq-8"]
    assert row["cost"] == pytest.approx((4 + (40 + 400) / 2) / 2)
    assert row["score"].value == pytest.approx((0 + (25 + 50) / 2) / 2)
    assert row["benchmarks"] == "3 of 3"
    dimensions = {row[1] for row in table_of(cost(together), "front_by_dimension").rows}
    assert dimensions == {"mmlu", "adversarial robustness"}


answer = st.sampled_from([*map(Label, "ABCD"), Refusal()])
column = st.lists(answer, min_size=6, max_size=6)
seconds_each = st.fixed_dictionaries(dict.fromkeys(MEMBERS, st.integers(1, 50)))


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(MEMBERS, column)), seconds_each)
def test_cascade_never_takes_more_and_the_front_is_that_of_brute_force(
    said: dict[str, list[Answer]], each: dict[str, int]
) -> None:
    costs = {name: measured(float(seconds), n=6) for name, seconds in each.items()}
    section = cost(panels_about(["A"] * 6, said, costs=costs))
    ways = rows_of(section, "ways", by="way")
    for name in (CHEAPEST, HIGHEST):
        assert 2 <= ways[name]["answers"] <= 3
        assert ways[name]["seconds"] <= ways[IN_TURN]["seconds"] + 1e-9
    assert max(each.values()) == ways[AT_ONCE]["seconds"] <= ways[IN_TURN]["seconds"]
    placed = {
        name: (
            row["cost"],
            row["score"].value if isinstance(row["score"], Spread) else row["score"],
        )
        for name, row in rows_of(section, "front_by_benchmark", by="choice").items()
        if not isinstance(row["cost"], Unavailable) and not isinstance(row["score"], Unavailable)
    }
    for name, row in rows_of(section, "front_by_benchmark", by="choice").items():
        if name in placed:
            mine = placed[name]
            beaten = any(
                its != mine and its[0] <= mine[0] and its[1] >= mine[1] for its in placed.values()
            )
            assert row["on the front"] == ("no" if beaten else "yes")
