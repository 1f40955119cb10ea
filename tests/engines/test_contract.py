"""An engine that breaks its contract is one error that says how, whatever it does, at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.frames import frames
from trusteval.benchmarks.benchmark import Question
from trusteval.engines.reordered import ReorderedBackend
from trusteval.errors import EngineError, PromptError, TrustEvalError
from trusteval.evaluation.recorder import Recorder
from trusteval.run.subjects import dense_variant
from trusteval.store import ResponseStore
from trusteval.store.checkup import complaints
from trusteval.types import (
    FinishReason,
    Health,
    LabelSpec,
    Message,
    Prompt,
    Response,
    Role,
    Sample,
    Setting,
)

DENSE = dense_variant()
SETTING = Setting("ethics", "zero_shot", (LabelSpec("yes"),), max_new_tokens=4, n_expected=None)
GOOD = Response("yes", FinishReason.END, 3, 1)
COUNT = 3
Batches = Callable[[int], Any]
"""From the number of prompts to what `generate` returns."""


class Bent:
    """A backend and engine that does what it is told instead of what it should."""

    def __init__(
        self,
        batches: Batches = lambda count: [dict.fromkeys(range(count), GOOD)],
        *,
        look: Callable[[], Any] = lambda: None,
        context: Callable[[], Any] = lambda: {"engine": "bent"},
        opens: Callable[[], None] = lambda: None,
    ) -> None:
        self._batches, self._check_once, self._context, self._opens = batches, look, context, opens
        self.n_asked = 0
        self.n_opened = 0

    def context(self, variant: object) -> Any:
        return self._context()

    def open(self, variant: object) -> Bent:
        self.n_opened += 1
        self._opens()
        return self

    def close(self) -> None:
        pass

    def check_health(self) -> Any:
        return self._check_once()

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Any:
        self.n_asked += 1
        return self._batches(len(prompts))


def raiser(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object) -> Any:
        raise error

    return fail


def after_one(error: BaseException) -> Batches:
    def batches(count: int) -> Iterator[dict[int, Response]]:
        yield {0: GOOD}
        raise error

    return batches


def for_ever(batch: Any) -> Batches:
    def batches(count: int) -> Iterator[Any]:
        while True:
            yield batch

    return batches


def questions() -> list[Question]:
    return [
        Question(Sample(f"row {i}", SETTING, str(i), "yes"), (Message(Role.USER, f"{i}"),))
        for i in range(COUNT)
    ]


@pytest.fixture
def store(tmp_path: Path) -> ResponseStore:
    return ResponseStore(tmp_path / "responses.sqlite")


def refusal(asked: Callable[[], object]) -> str:
    """Return the one line of the EngineError that something ends in."""
    with pytest.raises(EngineError) as caught:
        asked()
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def odd(**fields: Any) -> Batches:
    whole = {"text": "yes", "finish_reason": FinishReason.END, **fields}
    said = Response(**{"n_prompt_tokens": 1, "n_new_tokens": 1, **whole})
    return lambda count: [{0: GOOD, 1: said, 2: GOOD}]


BROKEN: dict[str, tuple[Batches, str]] = {
    "nothing": (lambda count: [], "an answer to each of 3 prompts, got none to 3"),
    "fewer": (lambda count: [{0: GOOD, 2: GOOD}], "item row 1: dense: engine Bent: expected an an"),
    "stops early": (lambda count: iter([{0: GOOD}]), "got none to 2, of which this is the first"),
    "empty for ever": (for_ever({}), "expected a batch of answers (3 missing), got an empty one"),
    "the same for ever": (for_ever({0: GOOD}), "from 0 to 2, got 0, which has one"),
    "twice": (lambda count: [dict.fromkeys(range(3), GOOD)] * 2, "got 0, which has one"),
    "more": (lambda count: [dict.fromkeys(range(4), GOOD)], "from 0 to 2, got 3"),
    "negative": (lambda count: [{-1: GOOD}], "got -1"),
    "truth for an index": (lambda count: [{0: GOOD}, {True: GOOD}], "got True"),
    "text for an index": (lambda count: [{"0": GOOD}], "got '0'"),
    "fraction for an index": (lambda count: [{0.0: GOOD}], "got 0.0"),
    "no index": (lambda count: [{None: GOOD}], "got None"),
    "list": (lambda count: [[GOOD]], "expected a batch: a dict of responses by index, got list"),
    "None for a batch": (lambda count: [None], "got None"),
    "None for batches": (lambda count: None, "raised TypeError: 'NoneType' object is not iterable"),
    "no response": (lambda count: [{0: "yes"}], "item row 0: dense: engine Bent: expected a Resp"),
    "no text": (odd(text=None), "item row 1: dense: engine Bent: expected a text, got None"),
    "half a character": (odd(text="a\ud83d"), "got half of one at 1"),
    "unknown reason": (odd(finish_reason="stop"), "expected a finish_reason of end, length, got"),
    "list for a reason": (odd(finish_reason=["end"]), "got list"),
    "truth for a count": (odd(n_prompt_tokens=True), "number for n_prompt_tokens, got True"),
    "huge count": (odd(n_prompt_tokens=10**30), "got an integer of 100 bits"),
    "negative count": (odd(n_prompt_tokens=-1), "got -1"),
    "more tokens than asked": (odd(n_new_tokens=5), "asked for at most 4 tokens, got 5"),
    "foreign prompt": (raiser(PromptError("too long", index=3)), "too long (prompt 3, which there"),
    "prompt before all": (after_one(PromptError("too long", index=-1)), "(prompt -1, which there"),
}
FOREIGN: dict[str, BaseException] = {
    "runtime": RuntimeError("boom"),
    "memory": MemoryError("no memory"),
    "os": OSError(28, "No space left on device"),
    "assertion": AssertionError("never"),
    "SystemExit(0)": SystemExit(0),
    "pytest.skip": pytest.skip.Exception("engine skips"),
    "pytest.exit": pytest.exit.Exception("left", returncode=0),
    "pytest.fail": pytest.fail.Exception("timed out"),
    "GeneratorExit": GeneratorExit(),
    "StopIteration": StopIteration(),
    "lines": ValueError("one\ntwo\x1b[2J"),
}


@pytest.mark.parametrize(("batches", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_contract_is_one_error_and_not_another_round(
    store: ResponseStore, batches: Batches, told: str
) -> None:
    bent = Bent(batches)
    recorder = Recorder(bent, store)  # type: ignore[arg-type]
    message = refusal(lambda: recorder.responses(DENSE, questions()))
    assert told in message
    assert bent.n_asked == 1
    assert complaints(store) == []


@pytest.mark.parametrize("error", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("where", ["before", "after one"])
def test_what_an_engine_raises_is_never_a_skip_or_an_exit(
    store: ResponseStore, error: BaseException, where: str
) -> None:
    bent = Bent(raiser(error) if where == "before" else after_one(error))
    recorder = Recorder(bent, store)  # type: ignore[arg-type]
    message = refusal(lambda: recorder.responses(DENSE, questions()))
    assert message.startswith("dense: engine Bent: generate raised ")
    assert ".py, line " in message
    assert message.isprintable()


@pytest.mark.parametrize("error", FOREIGN.values(), ids=FOREIGN.keys())
def test_what_keeps_a_variant_from_loading_is_one_error_and_not_tried_again(
    store: ResponseStore, error: BaseException
) -> None:
    bent = Bent(opens=raiser(error))
    recorder = Recorder(bent, store)  # type: ignore[arg-type]
    messages = {refusal(lambda: recorder.responses(DENSE, questions())) for _ in range(3)}
    assert len(messages) == 1
    assert bent.n_opened == 1


def test_interrupt_stays_an_interrupt(store: ResponseStore) -> None:
    recorder = Recorder(Bent(after_one(KeyboardInterrupt())), store)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        recorder.responses(DENSE, questions())


def test_answers_before_the_fault_are_kept(store: ResponseStore) -> None:
    recorder = Recorder(Bent(after_one(RuntimeError("boom"))), store)  # type: ignore[arg-type]
    refusal(lambda: recorder.responses(DENSE, questions()))
    assert len(store) == 1


@pytest.mark.parametrize(
    "batches",
    [
        lambda count: [{2: GOOD, 1: GOOD, 0: GOOD}],
        lambda count: ({i: GOOD} for i in reversed(range(count))),
        lambda count: iter([{0: GOOD, 1: GOOD}, {2: GOOD}]),
    ],
)
def test_answers_may_come_in_any_order_and_number(store: ResponseStore, batches: Batches) -> None:
    recorder = Recorder(Bent(batches), store)  # type: ignore[arg-type]
    assert recorder.responses(DENSE, questions()) == [GOOD] * COUNT


@pytest.mark.parametrize(("batches", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_asking_twice_holds_an_engine_to_the_same(
    store: ResponseStore, batches: Batches, told: str
) -> None:
    backend = ReorderedBackend(Bent(batches))  # type: ignore[arg-type]
    message = refusal(lambda: Recorder(backend, store).responses(DENSE, questions()))
    assert "dense: engine Bent: " in message or "too long" in message


LOOKS = {
    "text": lambda: "fine",
    "truth": lambda: Health(True, 9, 0.0),
    "text for a number": lambda: Health("low", 9, 0.0),  # type: ignore[arg-type]
    "negative perplexity": lambda: Health(-1.0, 9, 0.0),
    "NaN shortfall": lambda: Health(20.0, 9, math.nan),
    "shortfall of more than all": lambda: Health(20.0, 9, 1.5),
    "half a vocabulary": lambda: Health(20.0, 4.5, 0.0),  # type: ignore[arg-type]
    "skip": raiser(pytest.skip.Exception("engine skips")),
    "exit": raiser(SystemExit(0)),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_look_that_is_none_is_an_error(store: ResponseStore, look: Callable[[], Any]) -> None:
    recorder = Recorder(Bent(look=look), store)  # type: ignore[arg-type]
    assert "dense: engine Bent: check_health" in refusal(lambda: recorder.health(DENSE))
    assert store.database.execute("SELECT count(*) FROM health") == [(0,)]


@pytest.mark.parametrize("perplexity", [math.nan, math.inf, 20])
def test_perplexity_that_is_no_number_is_a_finding(store: ResponseStore, perplexity: float) -> None:
    look = Health(perplexity, 9, 1.0)
    recorder = Recorder(Bent(look=lambda: look), store)  # type: ignore[arg-type]
    assert repr(recorder.health(DENSE)) == repr(Health(float(perplexity), 9, 1.0))
    assert repr(recorder.health(DENSE)) == repr(Health(float(perplexity), 9, 1.0))


CONTEXTS = {
    "none": lambda: None,
    "list": lambda: ["engine"],
    "NaN": lambda: {"scale": math.nan},
    "number for a key": lambda: {1: "one"},
    "object": lambda: {"path": Path("here")},
    "bytes": lambda: {"digest": b"abc"},
    "half a character": lambda: {"name": "\ud83d"},
    "skip": raiser(pytest.skip.Exception("engine skips")),
    "exit": raiser(SystemExit(0)),
}


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS.keys())
def test_context_that_json_does_not_hold_is_an_error(
    store: ResponseStore, context: Callable[[], Any]
) -> None:
    recorder = Recorder(Bent(context=context), store)  # type: ignore[arg-type]
    message = refusal(lambda: recorder.responses(DENSE, questions()))
    assert message.startswith("dense: engine Bent: context")


@pytest.mark.parametrize(
    "bent",
    [Bent(opens=raiser(RuntimeError("boom"))), Bent(context=lambda: None)],
    ids=["open", "context"],
)
def test_error_that_is_raised_again_does_not_grow(store: ResponseStore, bent: Bent) -> None:
    """Each failing test was shown with the frames of all before it."""
    recorder = Recorder(bent, store)  # type: ignore[arg-type]
    lengths, kept = [], []
    for _ in range(20):
        with pytest.raises(TrustEvalError) as caught:
            recorder.responses(DENSE, questions())
        kept.append(caught.value)
        lengths.append(frames(caught.value))
    assert len(set(lengths[1:])) == 1
    assert lengths[1] <= lengths[0]
    assert len(set(map(id, kept))) == len(kept)
