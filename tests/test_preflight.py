"""Which gates the samples cannot resolve, said before any model runs."""

from __future__ import annotations

import os
from dataclasses import replace
from math import sqrt
from pathlib import Path

import pytest

from tests.builders import setting
from tests.project import GATES, Project
from trusteval.benchmarks.origin import find_origin
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.gates import Gate
from trusteval.preflight import assumed_discordance, preflight, smallest_resolved
from trusteval.profiles import FULL
from trusteval.protocols import PROTOCOLS
from trusteval.questionnaire import Questionnaire
from trusteval.scoring import Scoring, Subscore, over
from trusteval.sheet import Roll
from trusteval.subjects import dense_variant, parse_variants
from trusteval.types import Declared, Sample

DROP = Gate("bench", "score", "because", max_drop=3.0)


def layout(settings: int, items: int) -> tuple[Roll, Scoring, dict[str, Declared]]:
    """Ask the same items in several settings; accuracy, each setting alike."""
    asked = [setting(f"setting {i}") for i in range(settings)]
    roll = Roll.of(
        Sample(id=str(i), setting=one, cluster=str(i), target="yes")
        for one in asked
        for i in range(items)
    )
    names = [one.name for one in asked]
    scoring = Scoring({"all": Subscore(over(names, "accuracy"))}, shown={"accuracy": "accuracy"})
    return roll, scoring, {name: Declared(items, frozenset({"yes"})) for name in names}


def smallest(settings: int, items: int, discordance: float = 0.10) -> float | None:
    roll, scoring, declared = layout(settings, items)
    return smallest_resolved(
        DROP, roll, scoring=scoring, declared=declared, discordance=discordance
    )


@pytest.mark.parametrize("items", [200, 2109, 14_042])
def test_one_proportion_needs_what_the_formula_of_power_says(items):
    expected = 100 * (1.645 + 0.842) * sqrt(0.10 / items)
    assert smallest(1, items) == pytest.approx(expected, rel=1e-3)


def test_settings_of_the_same_items_help_half_as_much_as_other_items_would():
    # Correlation 1/2: of four settings, variance psi / N * (1/2 * 1/4 + 1/2).
    expected = 100 * (1.645 + 0.842) * sqrt(0.10 / 500 * (0.5 / 4 + 0.5))
    assert smallest(4, 500) == pytest.approx(expected, rel=1e-3)


def test_a_variant_of_three_bits_is_expected_to_differ_more():
    three, four = parse_variants("gptq-3,gptq-4")
    assert (assumed_discordance(three), assumed_discordance(four)) == (0.20, 0.10)


def test_gate_that_cannot_be_resolved_is_named_with_what_could_be():
    roll, scoring, declared = layout(1, 200)
    (four,) = parse_variants("gptq-4")

    def doubts(known=None, gate=DROP):
        return [
            doubt.sentence()
            for doubt in preflight(
                [(gate, four), (gate, dense_variant())],
                rolls={"bench": roll},
                scorings={"bench": scoring},
                declared={"bench": declared},
                known=known or {},
            )
        ]

    assert doubts() == [
        "bench.score cannot be resolved for gptq-4: margin 3, these samples resolve 5.6 (if 10 % "
        "of the answers differ, assumed)"
    ]
    assert doubts(known={("gptq-4", "bench"): 0.02}) == []
    assert "as in the baseline" in doubts(known={("gptq-4", "bench"): 0.06})[0]
    assert doubts(gate=replace(DROP, max_drop=6.0)) == []
    assert doubts(gate=Gate("bench", "score", "because", at_least=3.0)) == []


DATA = os.environ.get("TRUSTEVAL_DATA")


@pytest.mark.skipif(not DATA, reason="TRUSTEVAL_DATA does not name the published data")
@pytest.mark.parametrize(
    ("benchmark", "expected"),
    [("ood", 1.3), ("mmlu", 0.66)],
)
def test_published_benchmarks_resolve_what_simulation_says(benchmark, expected):
    origin = find_origin(Path(str(DATA)), cache=Path("unused"))
    asked = Questionnaire(FULL, origin, texts=load_prompt_texts())
    roll = Roll.of(question.sample for question in asked.questions(benchmark))
    scoring = PROTOCOLS["strict"].scoring(benchmark, settings=asked.settings(benchmark))
    found = smallest_resolved(
        replace(DROP, benchmark=benchmark),
        roll,
        scoring=scoring,
        declared=asked.declared(benchmark, scoring=scoring),
        discordance=0.10,
    )
    assert found == pytest.approx(expected, abs=0.05)


def test_run_says_it_before_anything_is_asked(tmp_path):
    project = Project(tmp_path)
    relative = '\n[[gate]]\nbenchmark = "ood"\nmetric = "score"\nmax_drop = 3.0\nwhy = "because"\n'
    project.write("trust_tests/gates.toml", GATES + relative)
    header = project.run("-k", "nothing").stdout
    assert (
        "trusteval: ood.score cannot be resolved for gptq-8: margin 3, these samples resolve 12.6 "
        "(if 10 % of the answers differ, assumed)"
    ) in header
    assert "ood.score cannot be resolved for gptq-3" in header
    assert "ood.score cannot be resolved for dense" not in header
