"""What is taken as a run: whole ones, and one that is put together of subjects recorded apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.answered_runs import INVALID, REFUSED, RIGHT, WRONG, N, run_of, with_wrong, write_run
from tests.ensemble.recordings import write_recording
from trusteval.answers.ensembles import elect
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.ensemble.gathering import are_subjects, gather
from trusteval.ensemble.members import member
from trusteval.errors import DataError, TrackingError
from trusteval.store import ResponseStore, response_key
from trusteval.suite.origin import demo_origin
from trusteval.suite.profiles import DEMO
from trusteval.suite.questions import Questionnaire
from trusteval.system.digests import digest
from trusteval.tracking.store_selection import Asking
from trusteval.types import FinishReason, Response

CONTEXTS = {"gptq-8": {"engine": "hf", "weights": "8"}, "gptq-4": {"engine": "hf", "weights": "4"}}


@pytest.fixture(autouse=True)
def _no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRUSTEVAL_DATA", raising=False)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two contexts that answered the demo slice; the second lacks one of MMLU."""
    path = tmp_path_factory.mktemp("store") / "responses.sqlite"
    asked = Questionnaire(DEMO, demo_origin(), texts=load_prompt_texts(None))
    kept = ResponseStore(path)
    for name, context in CONTEXTS.items():
        for benchmark in DEMO.settings:
            said = {}
            for place, question in enumerate(asked.questions(benchmark)):
                n = question.sample.setting.max_new_tokens
                key = response_key(digest(context), question.prompt, max_new_tokens=n)
                if (name, benchmark, place) != ("gptq-4", "mmlu", 3):
                    said[key] = Response(question.sample.target, FinishReason.END, 1, 1)
            kept.put(context, said)
    kept.close()
    return path


def context_of(name: str, store: Path) -> str:
    return f"{store}#{digest(CONTEXTS[name])[:9]}"


# -- recordings --------------------------------------------------------------------------------


def test_recordings_are_one_run_on_their_words(tmp_path: Path) -> None:
    said = {
        "gptq-8": [RIGHT, WRONG, REFUSED, INVALID] * 15,
        "gptq-4": with_wrong(*range(10)),
        "gptq-3": [WRONG] * N,
    }
    places = [f"{n}={write_recording(tmp_path / f'{n}.jsonl', a)}" for n, a in said.items()]
    (found,) = gather(places, Asking())
    run, expected = found.chosen.run, run_of(said)
    assert run.subjects == ("gptq-8", "gptq-4", "gptq-3")
    for name in said:
        ours, its = run.answer_tables[name, "mmlu"], expected.answer_tables[name, "mmlu"]
        assert [row.answer for row in ours] == [row.answer for row in its]
        assert list(ours.correct) == list(its.correct)
    members = [member(name, bits={}) for name in said]
    votes = [
        elect(members, [one.answer_tables[name, "mmlu"] for name in said])
        for one in (run, expected)
    ]
    assert [row.answer for row in votes[0]] == [row.answer for row in votes[1]]
    assert run.facts.protocol == "strict"
    assert any("intervals may be too narrow" in doubt for doubt in found.doubts)


def test_only_items_that_all_answered_are_used_and_the_others_counted(tmp_path: Path) -> None:
    one = write_recording(tmp_path / "a.jsonl", [RIGHT] * 40, items=range(40))
    other = write_recording(tmp_path / "b.jsonl", [WRONG] * 40, items=range(59, 19, -1))
    (found,) = gather([f"a-8={one}", f"a-4={other}"], Asking())
    tables = [found.chosen.run.answer_tables[name, "mmlu"] for name in ("a-8", "a-4")]
    for answers in tables:
        assert [row.sample.id for row in answers] == [str(item) for item in range(20, 40)]
    assert [bool(answers.correct.all()) for answers in tables] == [True, False]
    assert "mmlu: 40 items are left out that not all of a-8, a-4 answered, 20 are kept" in (
        found.doubts
    )


def test_benchmark_that_one_did_not_answer_is_kept_for_the_others(tmp_path: Path) -> None:
    one = write_recording(tmp_path / "a.jsonl", [RIGHT] * N)
    other = write_recording(tmp_path / "b.jsonl", [RIGHT] * N)
    more = {"benchmark": "ethics", "setting": "zero_shot", "target": "wrong", "options": []}
    extra = write_recording(tmp_path / "c.jsonl", [RIGHT] * 3, items=range(3), **more)
    one.write_text(one.read_text(encoding="utf-8") + extra.read_text(encoding="utf-8"), "utf-8")
    (found,) = gather([f"a-8={one}", f"a-4={other}"], Asking())
    assert set(found.chosen.run.answer_tables) == {
        ("a-8", "mmlu"),
        ("a-4", "mmlu"),
        ("a-8", "ethics"),
    }


def test_recordings_without_a_shared_item_are_no_run(tmp_path: Path) -> None:
    one = write_recording(tmp_path / "a.jsonl", [RIGHT] * 5, items=range(5))
    other = write_recording(tmp_path / "b.jsonl", [RIGHT] * 5, items=range(5, 10))
    with pytest.raises(TrackingError, match=r"share no item; .*10 items are left out"):
        gather([f"a-8={one}", f"a-4={other}"], Asking())


def test_recordings_of_different_items_by_one_number_are_refused(tmp_path: Path) -> None:
    one = write_recording(tmp_path / "a.jsonl", [RIGHT] * N)
    other = write_recording(tmp_path / "b.jsonl", [RIGHT] * N, target="B")
    with pytest.raises(TrackingError, match=r"astronomy/0 of mmlu has the target 'A' .* 'B'"):
        gather([f"a-8={one}", f"a-4={other}"], Asking())


def test_malformed_recording_names_file_and_line(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.jsonl", [RIGHT] * 2, items=range(2))
    path.write_text(path.read_text(encoding="utf-8") + '{"benchmark": "mmlu"}\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.jsonl, line 3"):
        gather([f"a-8={path}"], Asking())
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(TrackingError, match="holds no answer"):
        gather([f"a-8={path}"], Asking())


# -- contexts ----------------------------------------------------------------------------------


def test_contexts_are_one_run_and_what_is_not_whole_is_said(store: Path) -> None:
    (found,) = gather([f"{name}={context_of(name, store)}" for name in CONTEXTS], Asking())
    run = found.chosen.run
    assert run.subjects == ("gptq-8", "gptq-4")
    assert ("gptq-8", "mmlu") in run.answer_tables
    assert ("gptq-4", "mmlu") not in run.answer_tables
    n = len(run.answer_tables["gptq-8", "mmlu"])
    assert f"gptq-4: mmlu is left out, 1 of {n} answers are not recorded" in found.doubts
    ethics = [run.answer_tables[name, "ethics"] for name in CONTEXTS]
    assert ethics[0].sample_table is ethics[1].sample_table
    assert all(answers.correct.all() for answers in ethics)
    assert run.facts.profile == "demo"


def test_context_without_a_name_is_called_by_its_digits(store: Path) -> None:
    (found,) = gather([context_of(name, store) for name in CONTEXTS], Asking())
    assert found.chosen.run.subjects == tuple(digest(of)[:9] for of in CONTEXTS.values())


def test_context_beside_a_recording_says_that_prompts_may_differ(
    store: Path, tmp_path: Path
) -> None:
    line = {"benchmark": "ethics", "setting": "zero_shot", "target": "wrong", "options": []}
    asked = Questionnaire(DEMO, demo_origin(), texts=load_prompt_texts(None)).questions("ethics")
    wrong = [
        int(q.sample.id)
        for q in asked
        if q.sample.setting.name == "zero_shot" and q.sample.target == "wrong"
    ]
    path = write_recording(tmp_path / "a.jsonl", [RIGHT] * len(wrong), items=wrong, **line)
    (found,) = gather([f"gptq-8={context_of('gptq-8', store)}", f"b-4={path}"], Asking())
    run = found.chosen.run
    assert "whether all subjects were asked with the same prompts is not recorded" in found.doubts
    assert len(run.answer_tables["b-4", "ethics"]) == len(wrong)
    assert len(run.answer_tables["gptq-8", "ethics"]) == len(wrong)
    assert (run.facts.prompts, run.facts.protocol) == (None, "strict")


# -- what is refused ---------------------------------------------------------------------------


def test_whole_runs_stay_apart_and_subjects_are_one(tmp_path: Path) -> None:
    folders = [write_run(tmp_path / name, run_of({"dense": [RIGHT] * N})) for name in ("a", "b=c")]
    file = write_recording(tmp_path / "x.jsonl", [RIGHT] * N)
    found = gather([f"y-8={file}", *map(str, folders)], Asking())
    assert [one.named for one in found] == [*map(str, folders), "y-8"]
    assert not are_subjects([str(folder) for folder in folders])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{run}:dense"], "is one subject, dense; an ensemble is of a run with all its subjects"),
        (["{run}", "{run}/../run"], "is given twice"),
        (["a-8={file}", "a-8={other}"], "a-8 is given twice"),
        (["a-8={file}", "a-4={file}"], "is given twice"),
        (["a-8={run}"], "a reports folder or a baseline is given without a name"),
        (["a-8={run}/answers.json.gz"], "expected a-8=STORE.sqlite#CONTEXT or a-8=FILE.jsonl"),
        (["a-8={tmp}/nothing.sqlite#abc"], "no response store at"),
        (["{tmp}/nothing"], "does not exist"),
        (["{file}"], r"a\.jsonl is one subject: name it, NAME=.*a\.jsonl"),
        (["{run}:nobody"], "has no subject 'nobody'"),
    ],
)
def test_what_is_no_run_is_refused(tmp_path: Path, words: list[str], said: str) -> None:
    places = {
        "tmp": tmp_path,
        "run": write_run(tmp_path / "run", run_of({"dense": [RIGHT] * N})),
        "file": write_recording(tmp_path / "a.jsonl", [RIGHT] * N),
        "other": write_recording(tmp_path / "b.jsonl", [RIGHT] * N),
    }
    with pytest.raises(TrackingError, match=said):
        gather([word.format(**places) for word in words], Asking())


def test_run_that_is_not_whole_says_so(tmp_path: Path) -> None:
    ledger = {"complete": False, "ending": "interrupted", "gates": {"judged": 2, "of": 9}}
    run = replace(run_of({"dense": [RIGHT] * N}), ledger=ledger)
    (found,) = gather([str(write_run(tmp_path / "run", run))], Asking())
    assert found.doubts == (
        "INCOMPLETE: 2 of 9 gates judged, the run was interrupted before its end",
    )
