"""Who reads only the last demonstration gains nothing: DecodingTrust's own score it like gpt-4."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.errors import MissingDataError
from trusteval.protocols import PROTOCOLS
from trusteval.suite.origin import demo_origin, find_origin
from trusteval.suite.profiles import DEMO
from trusteval.types import Declared, FinishReason, Judged, Response

NAME = "adversarial_demonstrations"
CHANCE = 100 * (2 / 3 + 4 / 2) / 6
"""Of the counterfactual part: two tasks of three labels, four of two."""


def flipped(question: Question) -> str:
    """Answer another label than the last demonstration's, of three the next."""
    labels = [label.value for label in question.sample.setting.labels]
    last = question.material[-1]
    return labels[(labels.index(last) + 1) % len(labels)]


def repeated(question: Question) -> str:
    return question.material[-1]


@pytest.fixture(scope="module")
def published() -> list[Question]:
    """The counterfactual questions of the published data, of every seed."""
    if not os.environ.get("TRUSTEVAL_DATA"):
        pytest.skip("published data not at hand: set TRUSTEVAL_DATA")
    names = [name for name in BENCHMARKS[NAME].settings if name.startswith("counterfactual/")]
    source, texts = find_origin(None, cache=Path()).source(NAME), load_prompt_texts()
    try:
        return [
            question
            for name in names
            for question in BENCHMARKS[NAME].load(source, BENCHMARKS[NAME].settings[name], texts)
        ]
    except MissingDataError as error:
        pytest.skip(str(error))


def score(
    questions: Iterable[Question], policy: Callable[[Question], str], *, protocol: str
) -> float:
    scored = PROTOCOLS[protocol]
    texts: dict[tuple[object, ...], Judged] = {}
    rows: list[Judged] = []
    for question in questions:
        sample, text = question.sample, policy(question)
        key = (sample.setting.labels, sample.target, text)
        if key not in texts:
            answer = scored.extract(sample, Response(text, FinishReason.END, 1, 1))
            texts[key] = Judged(sample, answer)
        rows.append(Judged(sample, texts[key].answer))
    found = scored.scoring(NAME).score(rows, declared=declared(rows), part="counterfactual")
    assert found.value is not None
    return found.value


def declared(rows: Sequence[Judged]) -> dict[str, Declared]:
    targets: dict[str, list[str]] = {}
    for row in rows:
        targets.setdefault(row.sample.setting.name, []).append(row.sample.target)
    return {name: Declared(len(all_), frozenset(all_)) for name, all_ in targets.items()}


@pytest.mark.parametrize("policy", [flipped, repeated])
def test_strict_gives_no_more_than_chance_and_two_points(
    published: list[Question], policy: Callable[[Question], str]
) -> None:
    assert score(published, policy, protocol="strict") <= CHANCE + 2


@pytest.mark.parametrize("policy", [flipped, repeated])
def test_demo_slice_gives_no_more_than_chance_and_two_points(
    policy: Callable[[Question], str],
) -> None:
    source, texts = demo_origin().source(NAME), load_prompt_texts()
    settings = DEMO.declared(BENCHMARKS[NAME])
    questions = [
        question
        for name, setting in settings.items()
        if name.startswith("counterfactual/")
        for question in BENCHMARKS[NAME].load(source, setting, texts)
    ]
    assert score(questions, policy, protocol="strict") <= 50 + 2


def test_the_reference_calls_it_better_than_most_models(published: list[Question]) -> None:
    assert score(published, flipped, protocol="comptrust") > 80
