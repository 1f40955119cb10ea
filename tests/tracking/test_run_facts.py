"""Facts of runs and of their data come back as written, whatever an older version left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.report.parts import DATA, FACTS
from trusteval.suite.data_facts import DataFacts, data_facts
from trusteval.tracking.run_facts import UNSAID, PromptFacts, RunFacts, Sampling, run_facts
from trusteval.tracking.score_entry import ScoreEntry, score_entry
from trusteval.types import Interval

WHOLE = {"facts": FACTS.to_document(), "data": DATA.to_document()}
READ = {"facts": run_facts, "data": data_facts}
PARTS = [(kind, name) for kind, document in WHOLE.items() for name in document]


@pytest.mark.parametrize(("kind", "left_out"), [*PARTS, ("facts", ""), ("data", "")])
def test_document_comes_back_whatever_it_leaves_out(kind: str, left_out: str) -> None:
    document = {name: value for name, value in WHOLE[kind].items() if name != left_out}
    again = READ[kind](json.loads(json.dumps(document))).to_document()
    assert json.dumps(again) == json.dumps(document)


@pytest.mark.parametrize(("kind", "name"), PARTS)
def test_value_of_another_kind_is_not_said(kind: str, name: str) -> None:
    again = READ[kind]({**WHOLE[kind], name: 1.5}).to_document()
    assert again == {other: value for other, value in WHOLE[kind].items() if other != name}


@pytest.mark.parametrize(
    ("document", "facts"),
    [
        ({}, UNSAID),
        ({"sampling_seed": None}, RunFacts(sampling=Sampling(None))),
        ({"sampling_seed": 7}, RunFacts(sampling=Sampling(7))),
        ({"prompts": {"sha256": "a"}}, RunFacts(prompts=PromptFacts(sha256="a"))),
        ({"later": "unknown to this version"}, UNSAID),
    ],
)
def test_facts_say_what_their_document_says(document: dict[str, Any], facts: RunFacts) -> None:
    assert run_facts(document) == facts


def test_data_of_which_nothing_is_known_says_nothing() -> None:
    assert (data_facts({}), DataFacts().to_document()) == (DataFacts(), {})


def test_score_keeps_its_nulls_and_says_its_reader_only_where_it_has_one() -> None:
    undefined = ScoreEntry("gptq-4", "ethics")
    document = undefined.to_document()
    assert (document["value"], document["weights"], "reader" in document) == (None, None, False)
    whole = ScoreEntry("vote", "mmlu", "mmlu", 50.0, Interval(40.0, 60.0), 9, 0.0, "PASS", "w", "d")
    for entry in (undefined, whole, ScoreEntry("dense", "mmlu", reader=1)):
        assert score_entry(json.loads(json.dumps(entry.to_document()))) == entry
    with pytest.raises(KeyError, match="benchmark"):
        score_entry({"subject": "dense"})
