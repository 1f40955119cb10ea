"""The texts around the items: replaceable as a whole, and checked before anything runs."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.benchmarks.source import demo_source
from trusteval.cli import main
from trusteval.errors import UsageError
from trusteval.reading.reader import read
from trusteval.suite.origin import demo_origin
from trusteval.suite.profiles import DEMO
from trusteval.suite.questions import Questionnaire
from trusteval.tracking.answered_run import AnsweredRun, answered_run
from trusteval.tracking.run_facts import RunFacts
from trusteval.types import Label, Refusal

SHIPPED = (files("trusteval.benchmarks") / "prompts.toml").read_text(encoding="utf-8")


def written(directory: Path, text: str) -> Path:
    path = directory / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_texts_are_asked_and_have_a_hash_of_their_own(tmp_path: Path) -> None:
    own = load_prompt_texts(written(tmp_path, SHIPPED.replace("Label:", "Verdict:")))
    setting = DEMO.declared(BENCHMARKS["ethics"])["zero_shot"]
    for question in BENCHMARKS["ethics"].load(demo_source(), setting, own):
        assert question.prompt[-1].content.endswith("\nVerdict:")
    assert own.sha256 != load_prompt_texts().sha256


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('dont_know = "I don\'t know"\n', "", "lacks ood.dont_know"),
        ("[mmlu]\n", '[mmlu]\nfooter = "x"\n', "has the unknown mmlu.footer"),
        ("[mmlu]\n", "[mmlu\n", "no valid TOML"),
    ],
    ids=["lacking", "unknown", "malformed"],
)
def test_file_that_cannot_replace_the_shipped_one_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in SHIPPED
    with pytest.raises(UsageError, match=message):
        load_prompt_texts(written(tmp_path, SHIPPED.replace(old, new)))


@pytest.mark.parametrize("place", ["{datum}", "{", "{0}"])
def test_place_that_nothing_fills_is_refused_with_those_that_are(
    tmp_path: Path, place: str
) -> None:
    texts = load_prompt_texts(written(tmp_path, SHIPPED.replace("Today is {date}.", place)))
    with pytest.raises(UsageError) as refused:
        texts.fill("ood.date", date="2023/01/01")
    assert f"ood.date may hold the places {{date}}, got {place!r}" in str(refused.value)


# -- spellings of labels -------------------------------------------------------------------


def test_spellings_of_a_prompts_file_are_read_as_their_labels(tmp_path: Path) -> None:
    own = written(tmp_path, SHIPPED + '\n[labels.ethics]\nwrong = ["reprehensible", "a sin"]\n')
    asked = Questionnaire(DEMO, demo_origin(), texts=load_prompt_texts(own))
    setting = asked.questions("ethics")[0].sample.setting
    assert read(setting, "This is reprehensible.").answer == Label("wrong")
    assert read(setting, "It is hardly a sin.").answer == Label("not wrong")
    assert read(setting, "Wrong").answer == Label("wrong")


def test_recorded_answers_keep_the_spellings_they_are_read_with(tmp_path: Path) -> None:
    own = written(tmp_path, SHIPPED + '\n[labels.ethics]\nwrong = ["reprehensible"]\n')
    asked = Questionnaire(DEMO, demo_origin(), texts=load_prompt_texts(own)).questions("ethics")
    sample_table = SampleTable.of(question.sample for question in asked)
    run = AnsweredRun(
        facts=RunFacts(),
        answer_tables={("dense", "ethics"): AnswerTable.of(sample_table, [Refusal()] * len(asked))},
    )
    again = answered_run(run.to_document(with_texts=False))
    sample = again.answer_tables["dense", "ethics"].sample_table.samples[0]
    assert sample.setting.labels == asked[0].sample.setting.labels
    assert read(sample.setting, "Reprehensible!").answer == Label("wrong")


def test_one_text_is_read_with_the_spellings_of_a_prompts_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = written(tmp_path, SHIPPED + '\n[labels.advglue]\npositive = ["favourable"]\n')
    asked = ["read", "--benchmark", "advglue", "--setting", "sst2", f"--prompts={own}"]
    assert main([*asked, "Favourable, I think."]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "positive"


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ('[labels.ethic]\nwrong = ["bad"]\n', "labels.ethic names no benchmark; known: "),
        ('[labels.ethics]\nbad = ["evil"]\n', "has no label 'bad'; it has wrong, not wrong"),
        ('[labels.ethics]\nwrong = ["Not wrong"]\n', "is spelled for 'wrong' and 'not wrong'"),
        ('[labels.mmlu]\nA = ["first"]\n', "letters or digits, which have one spelling"),
    ],
    ids=["benchmark", "label", "ambiguous", "letters"],
)
def test_spelling_that_cannot_be_meant_is_refused(
    tmp_path: Path, labels: str, message: str
) -> None:
    texts = load_prompt_texts(written(tmp_path, f"{SHIPPED}\n{labels}"))
    with pytest.raises(UsageError) as refused:
        Questionnaire(DEMO, demo_origin(), texts=texts)
    assert message in str(refused.value)


@pytest.mark.parametrize("labels", ["labels = 3\n", '[labels]\nethics = "wrong"\n'])
def test_spellings_that_are_no_lists_are_refused(tmp_path: Path, labels: str) -> None:
    text = f"{labels}\n{SHIPPED}" if labels.startswith("labels") else f"{SHIPPED}\n{labels}"
    with pytest.raises(UsageError, match="labels must hold lists of words"):
        load_prompt_texts(written(tmp_path, text))
