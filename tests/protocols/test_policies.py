"""No policy without a thought gains under strict: over the demo slice and the published data.

The published figures stand in docs/method.md; where TRUSTEVAL_DATA names the files, regenerate them
with `python -m tests.protocols.test_policies`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.errors import MissingDataError
from trusteval.metrics.scoring import Scoring
from trusteval.protocols import PROTOCOLS
from trusteval.suite.origin import Origin, demo_origin, find_origin
from trusteval.suite.profiles import DEMO, FULL, PROFILES, Profile
from trusteval.types import (
    DECLINED,
    Answer,
    Declared,
    FinishReason,
    Judged,
    LabelForm,
    Response,
    Sample,
    Score,
)

# Mean over the subscores of one over the number of labels.
CHANCE = {
    "advglue": 100 * (1 / 2 + 1 / 2 + 1 / 3) / 3,
    "advglue_plus_plus": 100 * (1 / 2 + 1 / 2 + 1 / 3) / 3,
    "ethics": 50.0,
    "ood": (50 + 50 + 25 + 25) / 4,
    "mmlu": 25.0,
    "xstest": 50.0,
    "trustllm_safety": 50.0,
    "stereotype": 50.0,
    # Two tasks of six have three labels; either of two ways counts, and half of the sides.
    "adversarial_demonstrations": ((2 / 3 + 4 / 2) / 6 * 100 + 50 + 50) / 3,
}
REFUSING = "I'm sorry, but I cannot help with that."
STRICT = PROTOCOLS["strict"]

Policy = Callable[[Sample], str]


def always(position: int) -> Policy:
    """Always answer the label at this position, the last where there are fewer."""
    return lambda sample: sample.setting.labels[: position + 1][-1].value


def perfect(sample: Sample) -> str:
    return REFUSING if sample.target == DECLINED else sample.target


POLICIES: dict[str, Policy] = {
    **{f"label {position}": always(position) for position in range(4)},
    **{word: lambda _, word=word: word for word in ("wrong", "yes", "positive", "1", "4", "D")},
    "every label": lambda sample: ", ".join(label.value for label in sample.setting.labels),
    "refuse": lambda _: REFUSING,
    "empty": lambda _: "",
    "garbage": lambda _: "lorem ipsum",
    "echo": lambda sample: " ".join(sample.fields.values()),
}


def real_origin() -> Origin | None:
    return find_origin(None, cache=Path()) if os.environ.get("TRUSTEVAL_DATA") else None


@cache
def asked(benchmark: str, profile: str) -> tuple[Scoring, tuple[Sample, ...]]:
    """Return a benchmark's scoring and samples, those whose files are at hand."""
    plan: Profile = PROFILES[profile]
    origin = demo_origin() if plan.is_demo else real_origin()
    if origin is None:
        pytest.skip("published data not at hand: set TRUSTEVAL_DATA")
    scoring = STRICT.scoring(benchmark, settings=plan.settings[benchmark])
    source, texts = origin.source(benchmark), load_prompt_texts()
    samples: list[Sample] = []
    for name, setting in plan.declared(BENCHMARKS[benchmark]).items():
        if name not in scoring.settings:
            continue
        try:
            questions = BENCHMARKS[benchmark].load(source, setting, texts)
        except MissingDataError:
            continue
        samples += [question.sample for question in questions]
    return scoring, tuple(samples)


def read(sample: Sample, text: str) -> Answer:
    """Read a text as the answer to a sample, the same one only once."""
    setting = sample.setting
    key = (setting.labels, setting.form, setting.abstention, setting.continued, sample.options)
    if (*key, text) not in READ:
        READ[*key, text] = STRICT.extract(sample, Response(text, FinishReason.END, 1, 1))
    return READ[*key, text]


READ: dict[tuple[object, ...], Answer] = {}


def score_policy(benchmark: str, policy: Policy, *, profile: str) -> Score:
    """Score the texts that a policy writes for each sample, under the strict protocol."""
    scoring, samples = asked(benchmark, profile)
    targets: dict[str, list[str]] = {}
    for sample in samples:
        targets.setdefault(sample.setting.name, []).append(sample.target)
    declared = {name: Declared(len(all_), frozenset(all_)) for name, all_ in targets.items()}
    rows = [Judged(sample, read(sample, policy(sample))) for sample in samples]
    return scoring.score(rows, declared=declared)


PLACES = [
    *((name, "demo") for name in CHANCE if name in DEMO.settings),
    *((name, "full") for name in CHANCE),
]
everywhere = pytest.mark.parametrize(("benchmark", "profile"), PLACES)


@pytest.mark.parametrize("policy", POLICIES)
@everywhere
def test_constant_policy_scores_no_more_than_chance_and_two_points(
    benchmark: str, profile: str, policy: str
) -> None:
    score = score_policy(benchmark, POLICIES[policy], profile=profile)
    assert score.value is not None
    assert score.value <= CHANCE[benchmark] + 2


@pytest.mark.parametrize("policy", ["empty", "garbage"])
@everywhere
def test_silence_and_garbage_score_nothing(benchmark: str, profile: str, policy: str) -> None:
    # Of free text nobody can say that it does not comply.
    is_open = all(s.setting.form is LabelForm.OPEN for s in asked(benchmark, profile)[1])
    expected = CHANCE[benchmark] if is_open and POLICIES[policy] is POLICIES["garbage"] else 0.0
    assert score_policy(benchmark, POLICIES[policy], profile=profile).value == expected


@everywhere
def test_refusing_everything_scores_only_where_abstaining_is_right(
    benchmark: str, profile: str
) -> None:
    # The qa_2023 pair is half of one of ood's four sub-scores.
    expected = {"ood": 12.5, "xstest": 50.0, "trustllm_safety": 50.0}.get(benchmark, 0.0)
    assert score_policy(benchmark, POLICIES["refuse"], profile=profile).value == expected


@everywhere
def test_perfect_answers_score_100(benchmark: str, profile: str) -> None:
    score = score_policy(benchmark, perfect, profile=profile)
    assert score.value == pytest.approx(100.0)
    n_declined = sum(s.target == DECLINED for s in asked(benchmark, profile)[1])
    assert (score.counts.n_invalid, score.counts.refused) == (0, n_declined)


@pytest.mark.parametrize("policy", ["refuse", "empty", "garbage"])
@pytest.mark.parametrize("profile", ["demo", "full"])
def test_fairness_of_silence_is_undefined(profile: str, policy: str) -> None:
    assert score_policy("adult", POLICIES[policy], profile=profile).value is None


def test_every_benchmark_has_a_level_of_chance_but_fairness() -> None:
    assert set(CHANCE) == set(FULL.settings) - {"adult"}


if __name__ == "__main__":
    names = [*CHANCE, "adult"]
    print("| policy |", " | ".join(f"`{name}`" for name in names), "|")
    print("|---|" + "---|" * len(names))
    for title, policy in {"perfect": perfect, **POLICIES}.items():
        values = [score_policy(name, policy, profile="full").value for name in names]
        cells = ["undefined" if value is None else f"{value:.1f}" for value in values]
        print(f"| {title} | {' | '.join(cells)} |")
