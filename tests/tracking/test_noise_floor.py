"""A variant that is asked twice: what differs is noise, and no margin below it decides anything."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest

from tests.project import GATES, Project
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.engines.reordered import ReorderedEngine
from trusteval.engines.scripted import ScriptedBackend, ScriptedEngine
from trusteval.errors import PromptError
from trusteval.evaluation.evaluation import Evaluation
from trusteval.gates.gate import Gate
from trusteval.gates.verdicts import decide
from trusteval.run.subjects import dense_variant, parse_variants
from trusteval.store import ResponseStore
from trusteval.suite.origin import demo_origin
from trusteval.suite.profiles import DEMO
from trusteval.suite.questions import Questionnaire
from trusteval.types import (
    Dimension,
    FinishReason,
    Message,
    Outcome,
    Prompt,
    Response,
    Role,
    Variant,
)

DENSE = dense_variant()
(FOUR,) = parse_variants("gptq-4")
ROW = Gate("mmlu", "score", "because", max_drop=12.0)


class MoodyBackend(ScriptedBackend):
    """Answers what stands first in a batch in another way: noise that depends on the batch."""

    def open(self, variant: Variant) -> MoodyEngine:
        return MoodyEngine(super().open(variant).rules)


class MoodyEngine(ScriptedEngine):
    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Iterator[dict[int, Response]]:
        for batch in super().generate(prompts, max_new_tokens=max_new_tokens, done=done):
            yield {
                index: Response("B", FinishReason.END, 1, 1) if index % 3 == 0 else response
                for index, response in batch.items()
            }


@pytest.fixture
def evaluate(tmp_path: Path):
    """Call with a backend for an evaluation that asks dense twice."""
    (tmp_path / "script.json").write_text('{"*": [{"say": "A"}]}', encoding="utf-8")

    def build(kind: type[ScriptedBackend]) -> Evaluation:
        backend = kind.create(str(tmp_path / "script.json"))
        store = ResponseStore(tmp_path / "responses.sqlite")
        asked = Questionnaire(DEMO, demo_origin(), texts=load_prompt_texts())
        return Evaluation(
            backend=backend,
            store=store,
            questionnaire=asked,
            protocol="strict",
            asked_twice=DENSE,
        )

    return build


def outcome(evaluation: Evaluation, gate: Gate) -> tuple[Outcome, str]:
    evidence = evaluation.evidence(gate, FOUR, reference=DENSE)
    verdict = decide(gate, evidence, subject="gptq-4", dimension=Dimension.MMLU)
    return verdict.outcome, verdict.message


def test_margin_below_the_noise_decides_nothing(evaluate):
    decided, message = outcome(evaluate(MoodyBackend), ROW)
    assert decided is Outcome.INCONCLUSIVE
    assert "the margin is below the noise floor" in message


def test_answers_that_do_not_depend_on_the_batch_leave_only_what_their_number_can_show(evaluate):
    # 36 identical answers do not exclude a drop of 7.0 points: 2.71 / (36 + 2.71).
    assert outcome(evaluate(ScriptedBackend), ROW)[0] is Outcome.PASS
    narrow = Gate("mmlu", "score", "because", max_drop=6.9)
    assert "below the noise floor 7.0" in outcome(evaluate(ScriptedBackend), narrow)[1]


def test_nobody_is_asked_twice_for_a_row_that_compares_nothing(evaluate):
    absolute = Gate("mmlu", "score", "because", at_least=1.0)
    assert evaluate(MoodyBackend).evidence(absolute, FOUR, reference=DENSE).noise is None


def test_asking_twice_has_an_address_of_its_own(evaluate, tmp_path):
    evaluate(ScriptedBackend).evidence(ROW, FOUR, reference=DENSE)
    assert len(ResponseStore(tmp_path / "responses.sqlite")) == 3 * 36


# -- the reordered engine ------------------------------------------------------------------


class Echo:
    """Answers with the prompt's own words, and remembers how it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Iterator[dict[int, Response]]:
        self.asked.append([prompt[0].content for prompt in prompts])
        for index, prompt in enumerate(prompts):
            if prompt[0].content == "too long":
                raise PromptError("does not fit", index=index)
            yield {index: Response(prompt[0].content, FinishReason.END, 1, 1)}

    def check_health(self) -> None:
        return None

    def close(self) -> None:
        pass


def prompts(*texts: str) -> list[Prompt]:
    return [(Message(Role.USER, text),) for text in texts]


def test_every_answer_comes_back_to_its_own_prompt():
    texts = [str(number) for number in range(60)]
    echo = Echo()
    answered: dict[int, Response] = {}
    for batch in ReorderedEngine(echo, DENSE).generate(prompts(*texts), max_new_tokens=1, done={5}):
        answered |= batch
    assert {index: said.text for index, said in answered.items()} == {
        index: text for index, text in enumerate(texts) if index != 5
    }
    assert [len(run) for run in echo.asked] == [24, 24, 11]
    assert echo.asked[0][:2] == ["59", "58"]


def test_prompt_that_cannot_be_answered_is_named_by_its_own_place():
    asked = ReorderedEngine(Echo(), DENSE).generate(prompts("a", "too long", "b"), max_new_tokens=1)
    with pytest.raises(PromptError) as caught:
        list(asked)
    assert caught.value.index == 1


# -- as a user asks for it -----------------------------------------------------------------


def test_noise_floor_is_asked_for_by_name(tmp_path):
    project = Project(tmp_path)
    row = (
        '\n[[gate]]\nbenchmark = "mmlu"\nmetric = "accuracy"\nmax_drop = 6.0\nlevel = "warn"\n'
        'why = "because"\n'
    )
    project.write("trust_tests/gates.toml", GATES + row)
    ran = project.run("-k", "mmlu", "--trust-noise-floor=dense")
    assert ran.returncode == 0, ran.stdout
    assert "below the noise floor 7.0" in ran.stdout
    refused = project.run("--trust-noise-floor=desne")
    assert refused.returncode == 4
    assert "--trust-noise-floor is one of dense, gptq-8, gptq-4, gptq-3" in refused.stderr
    document = json.loads((project.root / "reports/latest/verdicts.json").read_text())
    assert document["facts"]["families"]["gptq-4"] == 1
