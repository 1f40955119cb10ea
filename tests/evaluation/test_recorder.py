"""Answers are recorded once: by whoever comes first, shared, interrupted and gone on with."""

from __future__ import annotations

import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from trusteval.benchmarks.benchmark import Question
from trusteval.engines.local.batching import fixed_batches
from trusteval.errors import StoreError
from trusteval.evaluation.parts import PART_SIZE
from trusteval.evaluation.recorder import Recorder
from trusteval.run.subjects import dense_variant
from trusteval.store import AskedPrompts, ResponseStore
from trusteval.system.digests import digest
from trusteval.types import (
    FinishReason,
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
BATCH = 32
SETTING = Setting("ethics", "zero_shot", (LabelSpec("yes"),), max_new_tokens=4, n_expected=None)


class Speaker:
    """A backend and engine whose answers name their prompt, and that counts what it is asked."""

    def __init__(self, before_batch: Callable[[], None] = lambda: None) -> None:
        self.answered: Counter[str] = Counter()
        self._before_batch = before_batch

    def context(self, variant: Variant) -> Mapping[str, Any]:
        return {"engine": "speaker", "variant": variant.name}

    def open(self, variant: Variant) -> Speaker:
        return self

    def close(self) -> None:
        pass

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Iterator[dict[int, Response]]:
        for batch in fixed_batches(len(prompts), done=done, rows=BATCH):
            self._before_batch()
            said = {index: f"said {prompts[index][0].content}" for index in batch}
            self.answered.update(said.values())
            yield {i: Response(text, FinishReason.END, 3, 2) for i, text in said.items()}


def _questions(count: int) -> list[Question]:
    return [
        Question(Sample(str(i), SETTING, str(i), "yes"), (Message(Role.USER, f"item {i}"),))
        for i in range(count)
    ]


def _texts(count: int) -> list[str]:
    return [f"said item {i}" for i in range(count)]


def _recorded(path: Path, speaker: Speaker, count: int) -> list[str]:
    recorder = Recorder(speaker, ResponseStore(path))  # type: ignore[arg-type]
    try:
        return [response.text for response in recorder.responses(DENSE, _questions(count))]
    finally:
        recorder.store.close()


def test_answers_come_in_the_order_of_the_questions_and_are_generated_once(tmp_path: Path) -> None:
    speaker = Speaker()
    count = 2 * PART_SIZE + 7
    assert _recorded(tmp_path / "store.sqlite", speaker, count) == _texts(count)
    assert _recorded(tmp_path / "store.sqlite", speaker, count) == _texts(count)
    assert set(speaker.answered.values()) == {1}


@pytest.mark.parametrize("batches", [0, 1, 5, 9])
def test_interrupted_run_goes_on_with_the_batch_that_was_in_flight(
    tmp_path: Path, batches: int
) -> None:
    left = iter(range(batches))

    def interrupt() -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    count = PART_SIZE + 100
    first, second = Speaker(interrupt), Speaker()
    with pytest.raises(KeyboardInterrupt):
        _recorded(tmp_path / "store.sqlite", first, count)
    assert _recorded(tmp_path / "store.sqlite", second, count) == _texts(count)
    assert first.answered.total() == batches * BATCH
    assert first.answered + second.answered == Counter(_texts(count))


def test_two_workers_share_the_prompts_of_one_setting(tmp_path: Path) -> None:
    both_at_work = threading.Barrier(2, timeout=60)
    met = threading.Event()

    def meet() -> None:
        if not met.is_set():
            both_at_work.wait()
            met.set()

    count = 4 * PART_SIZE
    speakers = [Speaker(meet), Speaker(meet)]
    said: dict[int, list[str]] = {}

    def work(worker: int) -> None:
        said[worker] = _recorded(tmp_path / "store.sqlite", speakers[worker], count)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert said == {0: _texts(count), 1: _texts(count)}
    assert all(speaker.answered for speaker in speakers)
    assert speakers[0].answered + speakers[1].answered == Counter(_texts(count))


# -- what lasts is told of -----------------------------------------------------------------


def test_other_process_that_holds_a_part_is_named_while_it_is_waited_for(tmp_path: Path) -> None:
    path, told = tmp_path / "store.sqlite", []
    heard, found = threading.Event(), []
    other, speaker = ResponseStore(path), Speaker()
    setting = AskedPrompts.of([question.prompt for question in _questions(5)])
    keys = setting.keys(digest(speaker.context(DENSE)), max_new_tokens=SETTING.max_new_tokens)

    def say(line: str) -> None:
        told.append(line)
        if "which is recording" in line:  # a slow machine is told of other waits before
            heard.set()

    def work() -> None:
        recorder = Recorder(speaker, ResponseStore(path), say=say, quiet=0.01)  # type: ignore[arg-type]
        found.extend(_asked(recorder, 5))
        recorder.store.close()

    waiting = threading.Thread(target=work)
    with other.lease(digest(keys)) as ours:
        assert ours
        waiting.start()
        assert heard.wait(60)
        assert speaker.answered.total() == 0
    waiting.join(60)
    other.close()
    assert [response.text for response in found] == _texts(5)
    first = next(line for line in told if "which is recording" in line)
    assert first.startswith(
        f"waiting for process {os.getpid()} on {socket.gethostname()}, which is recording dense "
        "on ethics/zero_shot: no progress for 0 s; if it hangs, end it"
    )


def _asked(recorder: Recorder, count: int) -> list[Response]:
    return recorder.responses(DENSE, _questions(count))


def test_engine_that_is_silent_is_told_of_until_it_answers(tmp_path: Path) -> None:
    silence = "waiting for dense on ethics/zero_shot: nothing for 0 s"
    heard = threading.Event()

    def say(line: str) -> None:
        if line == silence:  # a slow machine is told of other waits before
            heard.set()

    speaker = Speaker(lambda: _hear(heard))
    store = ResponseStore(tmp_path / "store.sqlite")
    recorder = Recorder(speaker, store, say=say, quiet=0.01)  # type: ignore[arg-type]
    assert [response.text for response in _asked(recorder, 5)] == _texts(5)
    assert heard.is_set()
    assert not [t for t in threading.enumerate() if t.name == "trusteval-telling"]


def _hear(heard: threading.Event) -> None:
    assert heard.wait(60)


def test_answers_that_are_deleted_again_and_again_are_not_recorded_for_ever(
    tmp_path: Path,
) -> None:
    store = ResponseStore(tmp_path / "store.sqlite")
    store.database.execute(
        "CREATE TRIGGER gone AFTER INSERT ON responses BEGIN DELETE FROM responses; END"
    )
    speaker = Speaker()
    recorder = Recorder(speaker, store)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="were recorded 3 times and deleted again"):
        _asked(recorder, 5)
    assert set(speaker.answered.values()) == {4}
