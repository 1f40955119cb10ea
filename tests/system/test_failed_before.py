"""What failed before is told anew, by an exception that knows nothing of the times before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frames import frames
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.errors import BrokenError, DataError, PromptError, TrustEvalError
from trusteval.suite.origin import find_origin
from trusteval.suite.profiles import QUICK
from trusteval.suite.questions import Questionnaire
from trusteval.system.failed_before import FailedBefore, anew


def test_missing_data_is_told_by_every_test_in_the_same_few_frames(tmp_path: Path) -> None:
    """36 tests that lacked a benchmark's files took 28 s of processor time, 72 over 100."""
    origin = find_origin(tmp_path, cache=tmp_path)
    asked = Questionnaire(QUICK, origin, texts=load_prompt_texts())
    found = []
    for _ in range(20):
        with pytest.raises(DataError) as caught:
            asked.questions("mmlu")
        found.append(caught.value)
    assert len(set(map(str, found))) == 1
    assert len(set(map(id, found))) == 20
    assert {frames(error) for error in found[1:]} == {frames(found[1])}
    assert frames(found[1]) <= frames(found[0])


@pytest.mark.parametrize(
    "error",
    [PromptError("too long", index=3), BrokenError("broken", subject="gptq-3"), DataError("x")],
)
def test_error_told_anew_says_the_same(error: TrustEvalError) -> None:
    again = anew(error)
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def fail(failed: FailedBefore) -> None:
    with failed.remembering("mmlu"):
        try:
            raise OSError("gone")
        except OSError as error:
            found = DataError("no file")
            found.add_note("seen by a test")
            raise found from error


def test_frames_notes_and_causes_are_left_behind() -> None:
    failed = FailedBefore()
    with pytest.raises(DataError) as first:
        fail(failed)
    assert isinstance(first.value.__cause__, OSError)
    with pytest.raises(DataError) as again:
        fail(failed)
    assert str(again.value) == "no file"
    assert (again.value.__cause__, again.value.__context__) == (None, None)
    assert not hasattr(again.value, "__notes__")
