"""What a vote takes: members one after the other, side by side, and no further than settled.

    python -m bench.votes [--benchmark mmlu] [--variants gptq-8,gptq-4,gptq-3] [--rounds 3]

All members are in memory and answer the demo's prompts in this process. The ways take turns, so
that a slow minute meets each of them; seconds are the median of the rounds. A cascade asks in the
order of the cheapest first, each member about the samples that are open when it is its turn; who
is asked was found out before, which takes no model. Loading is told apart: a vote that holds one
member at a time pays it for each.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

from trusteval.answers.cascade import Cascade, cascade, cheapest_first
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.engines.engine import Engine
from trusteval.engines.local.backend import HFBackend
from trusteval.protocols import PROTOCOLS
from trusteval.run.subjects import parse_variants
from trusteval.suite.origin import demo_origin
from trusteval.suite.profiles import find_profile
from trusteval.suite.questions import Questionnaire
from trusteval.types import Response, Variant


@dataclass(frozen=True)
class Member:
    """A loaded variant and the seconds that took."""

    variant: Variant
    engine: Engine
    load_seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.votes", description=__doc__)
    parser.add_argument("--model", default="demo")
    parser.add_argument("--benchmark", default="mmlu")
    parser.add_argument("--variants", default="gptq-8,gptq-4,gptq-3")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    profile = find_profile("demo")
    questions = Questionnaire(profile, demo_origin(), texts=load_prompt_texts(None)).questions(
        asked.benchmark
    )
    backend = HFBackend.create(asked.model)
    variants = cheapest_first(parse_variants(asked.variants))
    backend.open(variants[0]).close()  # imports what models run with, which is no member's load
    members = [_loaded(backend, variant) for variant in variants]
    found = _cascade(members, questions)
    print(f"{len(questions)} prompts of {asked.benchmark}, {backend.device}, {backend.dtype}")
    for member in members:
        n_asked = int(found.was_asked(member.variant).sum())
        print(
            f"{member.variant.name:12} loaded in {member.load_seconds:6.1f} s, "
            f"asked {n_asked} of {len(questions)} by the cascade"
        )
    for name, seconds in _rounds(_ways(members, questions, found), asked.rounds).items():
        print(f"{name:12} {1000 * seconds / len(questions):8.1f} ms a prompt, {seconds:7.1f} s")
    return 0


def _ways(
    members: Sequence[Member], questions: Sequence[Question], found: Cascade
) -> dict[str, Callable[[], object]]:
    def one_after_the_other() -> None:
        for member in members:
            _answers(member, questions)

    def side_by_side() -> None:
        with ThreadPoolExecutor(len(members)) as pool:
            list(pool.map(lambda member: _answers(member, questions), members))

    def cascaded() -> None:
        for member in members:
            settled = (~found.was_asked(member.variant)).nonzero()[0].tolist()
            _answers(member, questions, done=settled)

    singly = {m.variant.name: lambda m=m: _answers(m, questions) for m in members}
    return {
        **singly,
        "sequential": one_after_the_other,
        "parallel": side_by_side,
        "cascaded": cascaded,
    }


def _rounds(ways: dict[str, Callable[[], object]], n: int) -> dict[str, float]:
    """Return the median seconds of each way, over rounds in which all take their turn."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(n):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            took[name].append(time.perf_counter() - began)
    return {name: statistics.median(seconds) for name, seconds in took.items()}


def _loaded(backend: HFBackend, variant: Variant) -> Member:
    backend.directory(variant)  # building it is no loading
    began = time.perf_counter()
    engine = backend.open(variant)
    return Member(variant, engine, time.perf_counter() - began)


def _answers(
    member: Member, questions: Sequence[Question], *, done: Collection[int] = ()
) -> dict[int, Response]:
    """Ask a member, setting by setting, whatever is not done; numbers are those of questions."""
    said: dict[int, Response] = {}
    settings = groupby(enumerate(questions), key=lambda one: one[1].sample.setting.name)
    for _, group in settings:
        numbers, asked = zip(*group, strict=True)
        places = {place for place, number in enumerate(numbers) if number in set(done)}
        for batch in member.engine.generate(
            [question.prompt for question in asked],
            max_new_tokens=asked[0].sample.setting.max_new_tokens,
            done=places,
        ):
            said |= {numbers[place]: response for place, response in batch.items()}
    return said


def _cascade(members: Sequence[Member], questions: Sequence[Question]) -> Cascade:
    """Find out who has to be asked about what; the first time also warms every engine up."""
    samples = [question.sample for question in questions]
    sample_table, ballot = SampleTable.of(samples), PROTOCOLS["strict"].ballot
    cast = []
    for member in members:
        said = _answers(member, questions)
        ballots = [ballot(sample, said[place]) for place, sample in enumerate(samples)]
        cast.append(AnswerTable.of(sample_table, ballots))
    return cascade([member.variant for member in members], cast)


if __name__ == "__main__":
    sys.exit(main())
