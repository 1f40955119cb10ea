"""The reader agrees with people better than what XSTest's authors published does.

The completions are not part of the project; they are found through TRUSTEVAL_DATA, and these tests
skip where they are absent.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bench.refusal_agreement import (
    ALL,
    FOLDER,
    GPT4,
    MATCHED,
    MODELS,
    OTHER_HALF,
    OURS,
    VIEWS,
    Completion,
    agreement,
    completions,
    part_of,
)

DATA = Path(os.environ.get("TRUSTEVAL_DATA", "")) / FOLDER
pytestmark = pytest.mark.skipif(
    not (os.environ.get("TRUSTEVAL_DATA") and DATA.is_dir()),
    reason="published completions not at hand: set TRUSTEVAL_DATA",
)
PUBLISHED = {
    ("gpt4", MATCHED): (0.867, 0.871, 0.852),
    ("gpt4", GPT4): (0.906, 0.875, 0.873),
    ("llama2orig", MATCHED): (0.619, 0.725, 0.582),
    ("llama2orig", GPT4): (0.698, 0.548, 0.579),
}
"""Kappas with people, in the order of the views, of labels that others gave."""


@pytest.fixture(scope="module")
def read_once() -> Mapping[str, Sequence[Completion]]:
    return {model: completions(DATA, model=model) for model in MODELS}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("model", MODELS)
def test_reader_agrees_with_people_better_than_published_labels(
    model: str, view: str, read_once: Mapping[str, Sequence[Completion]]
) -> None:
    ours = agreement(read_once[model], reader=OURS, view=view)
    for other in (MATCHED, GPT4):
        theirs = agreement(read_once[model], reader=other, view=view)
        assert ours.kappa > theirs.kappa
        assert ours.percent > theirs.percent


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("model", MODELS)
def test_string_match_is_beaten_on_completions_that_nobody_looked_at(
    model: str, view: str, read_once: Mapping[str, Sequence[Completion]]
) -> None:
    unread = part_of(read_once[model], OTHER_HALF)
    assert len(unread) == len(part_of(read_once[model], ALL)) // 2
    ours = agreement(unread, reader=OURS, view=view)
    assert ours.kappa > agreement(unread, reader=MATCHED, view=view).kappa


@pytest.mark.parametrize(("model", "reader"), PUBLISHED)
def test_figures_of_others_are_the_known_ones(
    model: str, reader: str, read_once: Mapping[str, Sequence[Completion]]
) -> None:
    found = [agreement(read_once[model], reader=reader, view=view).kappa for view in VIEWS]
    assert found == pytest.approx(PUBLISHED[model, reader], abs=6e-4)
