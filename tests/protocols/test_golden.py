"""Every number of the reference implementation on real recorded answers, reproduced.

The recordings and what the reference code makes of them are not part of the project; they are
found through TRUSTEVAL_GOLDEN and TRUSTEVAL_DATA, and these tests skip where they are absent.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.builders import setting
from trusteval.benchmarks import BENCHMARKS
from trusteval.cli import main
from trusteval.errors import UndefinedError
from trusteval.importers.decodingtrust import read_decodingtrust
from trusteval.importers.document import item_lines, scores_document
from trusteval.importers.items import ItemSource
from trusteval.importers.scoring import score_recordings
from trusteval.metrics.disparities import (
    demographic_parity_difference_unguarded,
    equalized_odds_difference_unguarded,
)
from trusteval.protocols import PROTOCOLS
from trusteval.suite.origin import find_origin
from trusteval.types import Answer, FinishReason, Invalid, Judged, Label, Refusal, Response, Sample

GOLDEN = Path(os.environ.get("TRUSTEVAL_GOLDEN", "")) / "decodingtrust"
pytestmark = [
    pytest.mark.xdist_group("recordings"),  # one worker scores them, for all
    pytest.mark.skipif(
        not (os.environ.get("TRUSTEVAL_GOLDEN") and os.environ.get("TRUSTEVAL_DATA")),
        reason="recorded answers not at hand: set TRUSTEVAL_GOLDEN and TRUSTEVAL_DATA",
    ),
]
MODELS = ("gpt4", "gpt-4-0314")
FOLDERS = {"ood": "ood", "adult": "fairness"}
REFERENCES = {"dt": "decodingtrust", "ct": "comptrust"}
EXACT = {"rel": 0, "abs": 1e-9}
Scores = dict[str, Any]


@pytest.fixture(scope="module")
def expected() -> Scores:
    found: Scores = json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module", params=REFERENCES)
def scored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scores:
    """Scores and per-item readings of every recording under one reference protocol."""
    items = ItemSource(find_origin(None, cache=tmp_path_factory.mktemp("cache")))
    protocol = PROTOCOLS[REFERENCES[request.param]]
    benchmarks, lines = {}, []
    for benchmark, folder in FOLDERS.items():
        answers, unused = read_decodingtrust(GOLDEN / folder, benchmark=benchmark, models=MODELS)
        assert unused == []
        found = score_recordings(answers, protocol=protocol, items=items)
        benchmarks |= scores_document(found, protocol=protocol.name)["benchmarks"]
        lines += item_lines(found)
    return {"reference": request.param, "benchmarks": benchmarks, "items": lines}


def codes(items: Sequence[Scores], benchmark: str, setting: str) -> list[Scores]:
    return [i for i in items if (i["benchmark"], i["setting"]) == (benchmark, setting)]


def ood_code(item: Scores) -> str:
    if item["correct"]:
        return "C"
    if item["answer"] == "refusal":
        return "R"
    return "B" if item.get("reason") == "contradictory" else "W"


def test_ood_files_have_the_references_counts_and_rates(scored: Scores, expected: Scores) -> None:
    settings = scored["benchmarks"]["ood"]["settings"]
    files = expected["ood"]["files"].values()
    assert len(files) == 36
    for file in files:
        found = settings[file["task"]]
        assert found["n"] == file["n"]
        assert found["complete"] is not file["truncated"]
        assert found["correct"] == file["counts"]["C"]
        assert found["refused"] == file["counts"].get("R", 0)
        assert found["metrics"]["accuracy"] == pytest.approx(file["acc"], **EXACT)
        assert found["metrics"]["refusal_rate"] == pytest.approx(file["rr"], **EXACT)
        if "macc" in file:
            assert found["metrics"]["answered_accuracy"] == pytest.approx(file["macc"], **EXACT)


def test_ood_items_have_the_references_outcomes(scored: Scores, expected: Scores) -> None:
    for name, file in expected["ood"]["files"].items():
        read = codes(scored["items"], "ood", file["task"])
        assert "".join(map(ood_code, read)) == expected["ood"]["item_codes"][name]


def test_ood_aggregates_are_the_references(scored: Scores, expected: Scores) -> None:
    reference = expected["ood"]["aggregate"]["gpt4"][scored["reference"]]
    found = scored["benchmarks"]["ood"]
    assert found["score"] == pytest.approx(reference["score"], **EXACT)
    assert found["score"] == pytest.approx(87.19422647966083, **EXACT)
    assert found["refusal_rate"] == pytest.approx(reference["rr"], **EXACT)
    assert found["subscores"] == pytest.approx(reference["subscores"], **EXACT)
    assert (found["complete"], found["missing_settings"]) == (False, [])


def test_fairness_files_have_the_references_gaps(scored: Scores, expected: Scores) -> None:
    for file in expected["fairness"]["recorded"].values():
        found = scored["benchmarks"]["adult"]["settings"][file["setting"].removesuffix(".json")]
        reference = file[scored["reference"]]
        assert found["n"] == file["n"]
        for shown, name in (
            ("accuracy", "accuracy"),
            ("demographic_parity_difference", "demographic parity difference"),
            ("equalized_odds_difference", "equalized odds difference"),
            ("refusal_rate", "rejection rate"),
        ):
            assert found["metrics"][shown] == pytest.approx(100 * reference[name], **EXACT)


def test_fairness_items_have_the_references_classes(scored: Scores, expected: Scores) -> None:
    for file in expected["fairness"]["recorded"].values():
        read = codes(scored["items"], "adult", file["setting"].removesuffix(".json"))
        classes = "".join("1" if item["label"] == "yes" else "0" for item in read)
        assert classes == file["item_codes"]


def test_fairness_of_three_settings_of_eight_has_no_headline(scored: Scores) -> None:
    found = scored["benchmarks"]["adult"]
    gaps = [s["metrics"] for s in found["settings"].values()]
    parity = sum(g["demographic_parity_difference"] for g in gaps) / 3
    odds = sum(g["equalized_odds_difference"] for g in gaps) / 3
    partial = 100 - (parity if scored["reference"] == "dt" else (parity + odds) / 2)
    assert found["score"] is None
    assert found["partial_score"] == pytest.approx(partial, **EXACT)
    assert len(found["missing_settings"]) == 5


# -- extraction vectors --------------------------------------------------------------------


def read_as_published(setting: str, text: str, *, options: Sequence[str] = (), **of: str) -> Answer:
    """Read one text as the answer to a sample of a setting, "benchmark/name"."""
    benchmark, _, name = setting.partition("/")
    asked = BENCHMARKS[benchmark].setting(name)
    target = of.get("target", asked.labels[0].value)
    sample = Sample(
        id="0", setting=asked, unit="0", target=target, stratum="s", options=tuple(options)
    )
    return PROTOCOLS["comptrust"].extract(sample, Response(text, FinishReason.END, 1, 1))


def label(answer: Answer) -> str | None:
    return answer.value if isinstance(answer, Label) else None


def test_advglue_vectors(expected: Scores) -> None:
    advglue = expected["advglue"]
    for task, vectors in advglue["extraction_vectors"].items():
        numbers = advglue["label_map"][task]
        for text, number in vectors:
            read = read_as_published(f"advglue/{task}", text)
            assert numbers.get(label(read) or "", -1) == number, (task, text)


def test_fairness_vectors(expected: Scores) -> None:
    for text, outcome in expected["fairness"]["extraction_vectors_adult"]:
        match read_as_published("adult/zero_shot_br_0.5", text):
            case Label(value, contradictory):
                found: object = "coin" if contradictory else int(value == "yes")
            case _:
                found = "refusal"
        assert found == outcome, text


def test_ethics_vectors(expected: Scores) -> None:
    for vector in expected["machine_ethics"]["extraction_vectors"]:
        text = vector["text"]
        plain, varied = (
            label(read_as_published(f"ethics/{name}", text)) for name in ("few_shot", "evasive_3")
        )
        assert plain == vector["zero_few"], text
        assert varied == vector["jailbreak_evasive"], text


def test_ood_vectors(expected: Scores) -> None:
    vectors = expected["ood"]["extraction_vectors"]
    knowledge, style = vectors["knowledge"], vectors["style"]
    target = str(knowledge["label"])
    for text, code in knowledge["vectors"]:
        read = read_as_published("ood/qa_2020", text, target=target, options=knowledge["choices"])
        assert outcome_code(read, target) == code, text
    for text, code in style["vectors"]:
        assert outcome_code(read_as_published("ood/base", text), style["label"]) == code, text


def outcome_code(answer: Answer, target: str) -> str:
    match answer:
        case Label(value):
            return "C" if value == target else "W"
        case Invalid(reason):
            return "B" if reason == "contradictory" else "W"
        case _:
            return "R"


def test_mmlu_vectors(expected: Scores) -> None:
    for text, outcome in expected["mmlu"]["first_char_vectors"]:
        # Of an empty text the reference code raises; here it is a refusal.
        wanted = "refusal" if outcome == "raises IndexError" else outcome
        # One blank is the tokenizer's.
        assert (label(read_as_published("mmlu/astronomy", f" {text}")) or "refusal") == wanted, text


def test_mmlu_is_the_micro_average(expected: Scores) -> None:
    example = expected["mmlu"]["micro_average_example"]
    right = sum(correct for _, correct in example["subjects"].values())
    assert right / sum(n for n, _ in example["subjects"].values()) == example["value"]


# -- degenerate groups -----------------------------------------------------------------------


def predictions(truth: Sequence[int], called: Sequence[int], group: Sequence[int]) -> list[Judged]:
    names, asked = ("no", "yes"), setting()
    return [
        Judged(
            Sample(id=str(i), setting=asked, unit=str(i), target=names[t], group=str(g)),
            Label(names[c]),
        )
        for i, (t, c, g) in enumerate(zip(truth, called, group, strict=True))
    ]


def degenerate() -> Iterator[tuple[str, list[Judged]]]:
    group, truth, called = [0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 0, 0]
    yield "all predicted 1", predictions(truth, [1] * 4, group)
    yield "labels and preds all 0", predictions([0] * 4, [0] * 4, group)
    yield "labels and preds all 1", predictions([1] * 4, [1] * 4, group)
    yield "labels all 0", predictions([0] * 4, called, group)
    yield "labels all 1", predictions([1] * 4, called, group)
    yield "one group only", predictions(truth, called, [1] * 4)
    yield (
        "male all 1, female all 0 (base rate 1.0), perfect",
        predictions([1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0]),
    )


def test_degenerate_groups_follow_the_references_conventions(expected: Scores) -> None:
    reference = expected["fairness"]["degenerate"]
    for name, rows in degenerate():
        gaps = [
            demographic_parity_difference_unguarded(rows),
            equalized_odds_difference_unguarded(rows),
        ]
        assert gaps == reference[name]["fairlearn_dpd_eod"], name
    assert {name for name, _ in degenerate()} | {"empty"} == set(reference)


def test_nothing_answered_is_undefined_where_the_reference_crashes() -> None:
    with pytest.raises(UndefinedError):
        demographic_parity_difference_unguarded([])


def test_all_knowledge_refused_scores_as_the_reference_says(expected: Scores) -> None:
    asked = setting("qa_2023", labels="0123")
    rows = [
        Judged(Sample(id=str(i), setting=asked, unit=str(i), target="1"), Refusal())
        for i in range(4)
    ]
    shown = PROTOCOLS["decodingtrust"].scoring("ood")
    found = {
        name: shown.of_setting(metric, rows, name="qa_2023")
        for name, metric in (
            ("acc", "accuracy"),
            ("macc", shown.shown["answered_accuracy"]),
            ("rr", "refusal_rate"),
        )
    }
    assert found == expected["ood"]["all_refused_knowledge"]


# -- strict on the same recordings -----------------------------------------------------------


def test_strict_reads_the_same_recordings_from_the_command_line(tmp_path: Path) -> None:
    out = tmp_path / "strict.json"
    spelled = [argument for model in MODELS for argument in ("--recorded-model", model)]
    asked = ["score", "--benchmark", "ood", "--format", "decodingtrust", *spelled]
    assert main([*asked, "--recordings", str(GOLDEN / "ood"), "--json", str(out)]) == 0
    found = json.loads(out.read_text(encoding="utf-8"))["benchmarks"]["ood"]
    assert (found["score"], found["missing_settings"]) == (None, ["qa_2020", "qa_2020_idk"])
    assert found["partial_score"] == pytest.approx(87.289, abs=1e-3)
