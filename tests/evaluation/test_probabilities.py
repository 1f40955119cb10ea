"""Probabilities are recorded beside answers: with them, or later, and never in place of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from trusteval.benchmarks.benchmark import Question
from trusteval.engines.engine import Weighed
from trusteval.engines.local.batching import fixed_batches
from trusteval.errors import EngineError, UnweighedError
from trusteval.evaluation.parts import PART_SIZE
from trusteval.evaluation.recorder import Recorder
from trusteval.run.subjects import dense_variant
from trusteval.store import ResponseStore
from trusteval.types import (
    Cost,
    Draw,
    FinishReason,
    LabelLogs,
    LabelSpec,
    Message,
    Prompt,
    Response,
    Role,
    Sample,
    Setting,
    Variant,
)

DENSE = dense_variant()
SPECS = (LabelSpec("yes"), LabelSpec("no"))
SETTING = Setting("ethics", "zero_shot", SPECS, max_new_tokens=4, n_expected=None)
COUNT = PART_SIZE + 9
LOGS = LabelLogs(("yes", "no"), (-0.25, -1.75))


class Speaker:
    """A backend and engine that cannot weigh; counts the prompts that it answers."""

    def __init__(self) -> None:
        self.answered: Counter[str] = Counter()

    def context(self, variant: Variant) -> Mapping[str, Any]:
        return {"engine": "speaker"}

    def open(self, variant: Variant) -> Speaker:
        return self

    def close(self) -> None:
        pass

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Iterator[dict[int, Response]]:
        for batch in fixed_batches(len(prompts), done=done):
            yield {index: self.say(prompts[index]) for index in batch}

    def say(self, prompt: Prompt) -> Response:
        self.answered[prompt[0].content] += 1
        return Response(f"said {prompt[0].content}", FinishReason.END, 3, 2)


class Weigher(Speaker):
    """One that can; counts those that it weighs too, and stops after some batches."""

    def __init__(self, *, batches: int = 99, logs: LabelLogs = LOGS) -> None:
        super().__init__()
        self.weighed: Counter[str] = Counter()
        self._left = batches
        self._logs = logs

    def weigh(
        self,
        prompts: Sequence[Prompt],
        *,
        labels: Sequence[str],
        max_new_tokens: int,
        done: Collection[int] = (),
        answered: Collection[int] = (),
    ) -> Iterator[dict[int, Weighed]]:
        for batch in fixed_batches(len(prompts), done=done):
            if not self._left:
                raise KeyboardInterrupt
            self._left -= 1
            self.weighed.update(prompts[index][0].content for index in batch)
            yield {
                index: Weighed(None if index in answered else self.say(prompts[index]), self._logs)
                for index in batch
            }


class Refusing(Speaker):
    """One that turns out not to be able to."""

    def weigh(self, *_prompts: object, **_asked: object) -> Iterator[dict[int, Weighed]]:
        raise UnweighedError("the server sends no logprobs")
        yield {}


def questions() -> list[Question]:
    return [
        Question(Sample(str(i), SETTING, str(i), "yes"), (Message(Role.USER, f"item {i}"),))
        for i in range(COUNT)
    ]


def recorded(
    path: Path, speaker: Speaker, *, weighs: bool
) -> tuple[list[str], list[LabelLogs | None], str]:
    """Return the answers, what is known of their labels, and why of some nothing is."""
    recorder = Recorder(speaker, ResponseStore(path), weighs=weighs)  # type: ignore[arg-type]
    try:
        said = [response.text for response in recorder.responses(DENSE, questions())]
        return said, recorder.label_logs(DENSE, questions()), recorder.why_unweighed(DENSE)
    finally:
        recorder.store.close()


SAID = [f"said item {i}" for i in range(COUNT)]
ALL = Counter(f"item {i}" for i in range(COUNT))


def test_one_pass_gives_answers_and_probabilities(tmp_path: Path) -> None:
    path, speaker = tmp_path / "store.sqlite", Weigher()
    for _ in range(2):
        assert recorded(path, speaker, weighs=True)[:2] == (SAID, [LOGS] * COUNT)
    assert speaker.answered == speaker.weighed == ALL


def test_recorded_answers_are_found_and_only_weighed(tmp_path: Path) -> None:
    path, first, second = tmp_path / "store.sqlite", Weigher(), Weigher()
    assert recorded(path, first, weighs=False)[:2] == (SAID, [None] * COUNT)
    assert recorded(path, second, weighs=True)[:2] == (SAID, [LOGS] * COUNT)
    assert (first.answered, first.weighed) == (ALL, Counter())
    assert (second.answered, second.weighed) == (Counter(), ALL)


def cost(path: Path, speaker: Speaker, *, weighs: bool) -> Cost:
    recorder = Recorder(speaker, ResponseStore(path), weighs=weighs)  # type: ignore[arg-type]
    try:
        asked = questions()
        return recorder.cost(DENSE, [(asked, recorder.responses(DENSE, asked))])
    finally:
        recorder.close()
        recorder.store.close()


def test_weighing_alone_is_on_no_answers_account(tmp_path: Path) -> None:
    path, first, second = tmp_path / "store.sqlite", Weigher(batches=2), Weigher()
    answered = cost(path, Speaker(), weighs=False)
    assert answered.n_measured == COUNT
    again = cost(path, Weigher(), weighs=True)
    assert (again.n_measured, again.wall_seconds) == (COUNT, answered.wall_seconds)
    together = tmp_path / "together.sqlite"
    with pytest.raises(KeyboardInterrupt):
        cost(together, first, weighs=True)
    whole = cost(together, second, weighs=True)
    assert (whole.n_answers, whole.n_measured) == (COUNT, COUNT)


def test_what_is_half_answered_is_answered_and_weighed_once(tmp_path: Path) -> None:
    path, weigher = tmp_path / "store.sqlite", Weigher()
    recorder = Recorder(Speaker(), ResponseStore(path))  # type: ignore[arg-type]
    recorder.responses(DENSE, questions()[:100])
    recorder.store.close()
    assert recorded(path, weigher, weighs=True)[:2] == (SAID, [LOGS] * COUNT)
    assert weigher.weighed == ALL
    assert weigher.answered == Counter(f"item {i}" for i in range(100, COUNT))


def test_draws_are_weighed_too(tmp_path: Path) -> None:
    class Drawing(Weigher):
        def weigh(
            self, prompts: Sequence[Prompt], *, draw: Draw | None = None, **asked: Any
        ) -> Iterator[dict[int, Weighed]]:
            for batch in super().weigh(prompts, **asked):
                yield {
                    index: Weighed(Response(f"drawn {draw}", FinishReason.END, 3, 2), one.logs)
                    for index, one in batch.items()
                }

    class Backend(Drawing):
        def context(self, variant: Variant) -> Mapping[str, Any]:
            return {"engine": "drawing", "variant": variant.name}

    drawn = DENSE.drawn(Draw(0.7, 2))
    recorder = Recorder(Backend(), ResponseStore(tmp_path / "s.sqlite"), weighs=True)  # type: ignore[arg-type]
    said = {response.text for response in recorder.responses(drawn, questions())}
    assert said == {"drawn ~0.7#2"}
    assert recorder.label_logs(drawn, questions()) == [LOGS] * COUNT
    assert recorder.label_logs(DENSE, questions()) == [None] * COUNT
    recorder.store.close()


def test_answers_with_probabilities_are_those_of_a_run_without(tmp_path: Path) -> None:
    path, speaker = tmp_path / "store.sqlite", Speaker()
    recorded(path, Weigher(), weighs=True)
    assert recorded(path, speaker, weighs=False)[0] == SAID
    assert speaker.answered == Counter()


@pytest.mark.parametrize("batches", [0, 1, 4])
def test_interrupted_run_goes_on_where_it_was(tmp_path: Path, batches: int) -> None:
    path, first, second = tmp_path / "store.sqlite", Weigher(batches=batches), Weigher()
    with pytest.raises(KeyboardInterrupt):
        recorded(path, first, weighs=True)
    assert recorded(path, second, weighs=True)[:2] == (SAID, [LOGS] * COUNT)
    assert first.weighed + second.weighed == first.answered + second.answered == ALL


@pytest.mark.parametrize(
    ("speaker", "why"),
    [
        (Speaker(), "Speaker does not tell how likely labels are"),
        (Refusing(), "the server sends no logprobs"),
    ],
)
def test_engine_that_cannot_weigh_answers_all_the_same_and_says_why(
    tmp_path: Path, speaker: Speaker, why: str
) -> None:
    path = tmp_path / "store.sqlite"
    for _ in range(2):
        assert recorded(path, speaker, weighs=True) == (SAID, [None] * COUNT, why)
    assert speaker.answered == ALL


@pytest.mark.parametrize(
    ("logs", "said"),
    [
        (LabelLogs(("yes",), (-1.0,)), "expected the labels yes, no, got 'yes'"),
        (LabelLogs(("yes", "no"), (-1.0, 0.5)), "finite and at most 0, got 0.5"),
        (LabelLogs(("yes", "no"), (-1.0, math.nan)), "finite and at most 0, got nan"),
        (LabelLogs(("yes", "no"), (-1.0, None)), "a reason where a label is unknown"),
        (LabelLogs(("yes", "no"), (-1.0, -1.0), "no reason"), "and none elsewhere"),
        (LabelLogs(("yes", "no"), (-1.0,)), "a logarithm for each of 2 different labels"),
    ],
)
def test_what_is_no_log_probability_is_an_error_of_its_item(
    tmp_path: Path, logs: LabelLogs, said: str
) -> None:
    with pytest.raises(EngineError, match=said) as raised:
        recorded(tmp_path / "store.sqlite", Weigher(logs=logs), weighs=True)
    assert "ethics/zero_shot, item 0: dense: engine Weigher: " in str(raised.value)


def test_response_to_what_is_answered_is_an_error(tmp_path: Path) -> None:
    class Eager(Weigher):
        def weigh(self, prompts: Sequence[Prompt], **asked: Any) -> Iterator[dict[int, Weighed]]:
            return super().weigh(prompts, **{**asked, "answered": ()})

    path = tmp_path / "store.sqlite"
    recorded(path, Speaker(), weighs=False)
    with pytest.raises(EngineError, match="expected a Weighed without a response"):
        recorded(path, Eager(), weighs=True)
