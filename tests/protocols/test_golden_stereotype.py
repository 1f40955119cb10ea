"""Recorded answers to stereotypes score as the reference code scores them, answer by answer.

Recordings and what the reference makes of them are not part of the project; they are found through
TRUSTEVAL_GOLDEN and TRUSTEVAL_DATA, and these tests skip where they are absent.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.stereotype.items import SCENARIOS, TOPICS
from trusteval.importers.decodingtrust import read_decodingtrust
from trusteval.importers.document import scores_document
from trusteval.importers.items import ItemSource
from trusteval.importers.recorded import Recorded
from trusteval.importers.scoring import ScoredBenchmark, score_recordings
from trusteval.protocols import PROTOCOLS
from trusteval.suite.origin import find_origin
from trusteval.types import (
    Answer,
    Declared,
    FinishReason,
    InvalidReason,
    Judged,
    Label,
    Refusal,
    Response,
    Sample,
)

GOLDEN = Path(os.environ.get("TRUSTEVAL_GOLDEN", "")) / "decodingtrust_more"
pytestmark = [
    pytest.mark.xdist_group("stereotype recordings"),  # one worker reads them, for all
    pytest.mark.skipif(
        not (os.environ.get("TRUSTEVAL_DATA") and (GOLDEN / "stereotype").exists()),
        reason="recorded answers not at hand: set TRUSTEVAL_GOLDEN and TRUSTEVAL_DATA",
    ),
]
REFERENCES = {"dt": "decodingtrust", "ct": "comptrust"}
EXACT = {"rel": 0, "abs": 1e-9}
MOST_CONTRADICTORY = 50
"""Of 10,368 answers; without the rules for texts that close with a verdict they are 176."""
Values = dict[str, Any]


def loaded(name: str) -> Values:
    found: Values = json.loads((GOLDEN / name).read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def recorded() -> list[Recorded]:
    answers, unused = read_decodingtrust(
        GOLDEN / "stereotype", benchmark="stereotype", models=["gpt-4-0314"]
    )
    assert (len(answers), unused) == (10_368, [])
    return answers


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> ItemSource:
    return ItemSource(find_origin(None, cache=tmp_path_factory.mktemp("cache")))


def scored(recorded: list[Recorded], items: ItemSource, protocol: str) -> ScoredBenchmark:
    (found,) = score_recordings(recorded, protocol=PROTOCOLS[protocol], items=items)
    return found


@pytest.fixture(scope="module", params=REFERENCES)
def reference(
    request: pytest.FixtureRequest, recorded: list[Recorded], items: ItemSource
) -> tuple[str, ScoredBenchmark]:
    return request.param, scored(recorded, items, REFERENCES[request.param])


def code(answer: Answer) -> str:
    match answer:
        case Label(value):
            return value[0].upper()
        case _:
            return "N"


def test_every_answer_is_read_as_the_reference_reads_it(
    reference: tuple[str, ScoredBenchmark],
) -> None:
    name, found = reference
    codes: dict[str, str] = {}
    for row in found.judged:
        topic = TOPICS[int(row.sample.id) // 72]
        key = f"{row.sample.setting.name}/{topic}"
        codes[key] = codes.get(key, "") + code(row.answer)
    assert codes == loaded("item-codes-more.json")["stereotype"][name]


def test_scores_rates_groups_and_topics_are_the_references(
    reference: tuple[str, ScoredBenchmark],
) -> None:
    name, found = reference
    assert found.doubts == ()
    ours = scores_document([found], protocol=REFERENCES[name])["benchmarks"]["stereotype"]
    theirs = loaded("expected-more.json")["stereotype"][REFERENCES[name]]["compiled"]
    assert ours["score"] == pytest.approx(100 * theirs["overall_score"], **EXACT)
    assert ours["refusal_rate"] == pytest.approx(100 * theirs["overall_rejection_rate"], **EXACT)
    assert ours["complete"]
    for scenario in SCENARIOS:
        of, by = theirs[scenario], ours["settings"][scenario]["by"]
        rates = ours["settings"][scenario]["metrics"]
        pairs = [(rates, of["category_overall_score"], of["category_overall_rejection_rate"])]
        for kind, key in (("group", "demographic"), ("topic", "stereotype_topic")):
            means, refused = of[f"{key}_mean"], of[f"{key}_rejection_rate"]
            assert by[kind].keys() == means.keys()
            pairs += [(by[kind][about], means[about], refused[about]) for about in means]
        for our, score, refusal in pairs:
            assert 100 - our["agreement_rate"] == pytest.approx(100 * score, **EXACT)
            assert our["refusal_rate"] == pytest.approx(100 * refusal, **EXACT)


@pytest.mark.parametrize("reference", REFERENCES)
def test_vectors_are_read_as_the_reference_reads_them(reference: str) -> None:
    for vector in loaded("expected-more.json")["vectors"]["stereotype"]:
        answer = PROTOCOLS[REFERENCES[reference]].extract(statement(), said(vector["text"]))
        assert code(answer) == vector[reference][0], vector["text"]


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(
    ("policy", "text"),
    [
        ("always agree", "I agree."),
        ("always disagree", "I disagree."),
        ("always refuse", "I refuse to answer."),
        ("empty", ""),
        ("garbage", "lorem ipsum"),
    ],
)
def test_policies_without_a_thought_score_as_the_reference_scores_them(
    reference: str, policy: str, text: str
) -> None:
    protocol = PROTOCOLS[REFERENCES[reference]]
    rows = [Judged(s, protocol.extract(s, said(text))) for s in map(statement, SCENARIOS)]
    declared = {name: Declared(1, frozenset({"disagree"})) for name in SCENARIOS}
    score = protocol.scoring("stereotype").score(rows, declared=declared).value
    wanted = loaded("expected-more.json")["constant_policies_reference"][f"stereotype: {policy}"]
    assert score == pytest.approx(wanted[reference], **EXACT)


def test_recordings_without_denials_have_rates_and_no_strict_score(
    recorded: list[Recorded], items: ItemSource
) -> None:
    found = scored(recorded, items, "strict")
    assert [doubt.partition(": no ")[0] for doubt in found.doubts] == [
        f"stereotype/{scenario}: one_sided" for scenario in SCENARIOS
    ]
    document = scores_document([found], protocol="strict")["benchmarks"]["stereotype"]
    assert (document["score"], document["partial_score"]) == (None, None)
    assert "has no row whose true label is agree" in document["undefined"]
    assert 20 < document["metrics"]["agreement_rate"] < 25  # the reference: 23.1
    assert 25 < document["non_answer_rate"] < 32
    contradictory = [
        setting["invalid"][InvalidReason.CONTRADICTORY] for setting in document["settings"].values()
    ]
    assert sum(contradictory) <= MOST_CONTRADICTORY
    assert [s["metrics"]["balanced_accuracy"] for s in document["settings"].values()] == [None] * 3


def statement(scenario: str = "benign") -> Sample:
    setting = BENCHMARKS["stereotype"].setting(scenario)
    return Sample(id="0", setting=setting, unit="0", target="disagree", group="others")


def said(text: str) -> Response:
    return Response(text, FinishReason.END, 1, 1)


def test_a_refusal_is_what_the_reference_counts_as_no_response() -> None:
    for protocol in REFERENCES.values():
        assert PROTOCOLS[protocol].extract(statement(), said("nothing of the kind")) == Refusal()
