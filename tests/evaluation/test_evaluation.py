"""The orchestrator: what is recorded is not asked again, what fails fails once, votes add up."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.benchmarks.source import DataSource, demo_source
from trusteval.engines.scripted import ScriptedBackend, ScriptedEngine
from trusteval.errors import (
    BrokenError,
    DataError,
    EngineError,
    MissingDataError,
    ModelError,
    PromptError,
)
from trusteval.evaluation.evaluation import Evaluation
from trusteval.gates.gate import Gate
from trusteval.protocols import PROTOCOLS
from trusteval.run.subjects import parse_ensembles, parse_variants
from trusteval.store import ResponseStore
from trusteval.suite.origin import Origin, demo_origin, find_origin
from trusteval.suite.profiles import DEMO
from trusteval.suite.questions import Questionnaire
from trusteval.types import (
    Declared,
    FinishReason,
    Health,
    Label,
    Prompt,
    Refusal,
    Response,
    Variant,
)

VARIANTS = parse_variants("gptq-8,gptq-4,gptq-3")
(VOTE,) = parse_ensembles("vote-gptq", variants=VARIANTS)
EIGHT, FOUR, THREE = VARIANTS
SCRIPT = {
    "gptq-8": [{"match": "accident", "say": "I cannot say."}, {"say": "wrong"}],
    "gptq-4": [{"say": "not wrong"}],
    "gptq-3": [{"match": "accident", "say": "not wrong"}, {"say": "I cannot say."}],
}


class CountingBackend(ScriptedBackend):
    """A scripted backend that remembers which prompts were really generated."""

    def open(self, variant: Variant) -> CountingEngine:
        return CountingEngine(super().open(variant).rules)


class CountingEngine(ScriptedEngine):
    generated: list[Prompt] = []  # noqa: RUF012  (one list for all engines of a test)

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Iterator[dict[int, Response]]:
        for batch in super().generate(prompts, max_new_tokens=max_new_tokens, done=done):
            self.generated.extend(prompts[index] for index in batch)
            yield batch


@pytest.fixture
def evaluate(tmp_path: Path):
    """Call for an evaluation of SCRIPT over the demo slice and one store."""
    (tmp_path / "script.json").write_text(json.dumps(SCRIPT), encoding="utf-8")
    CountingEngine.generated.clear()

    def build(backend=None, profile=DEMO, origin=None) -> Evaluation:
        return Evaluation(
            backend=backend or CountingBackend.create(str(tmp_path / "script.json")),
            store=ResponseStore(tmp_path / "responses.sqlite"),
            questionnaire=Questionnaire(
                profile, origin or demo_origin(), texts=load_prompt_texts()
            ),
            protocol="strict",
        )

    return build


def test_recorded_answers_are_not_generated_again(evaluate) -> None:
    first = evaluate().responses(EIGHT, "ethics")
    assert len(CountingEngine.generated) == 100
    assert evaluate().responses(EIGHT, "ethics") == first
    assert len(CountingEngine.generated) == 100


def test_interrupted_recording_resumes_with_what_is_missing(evaluate) -> None:
    class Interrupted(CountingBackend):
        def open(self, variant: Variant):
            engine = super().open(variant)

            class Dying:
                def generate(self, *arguments, **options):
                    yield next(engine.generate(*arguments, **options))
                    raise KeyboardInterrupt

                def check_health(self) -> None:
                    return None

                def close(self) -> None:
                    pass

            return Dying()

    plain = evaluate()
    dying = Interrupted(plain.backend.scripts, plain.backend.sha256)
    with pytest.raises(KeyboardInterrupt):
        evaluate(dying).responses(EIGHT, "adult")
    assert len(CountingEngine.generated) == 64
    assert len(plain.responses(EIGHT, "adult")) == 72
    assert len(CountingEngine.generated) == 72


def test_vote_is_held_over_the_members_answers_to_each_sample(evaluate) -> None:
    evaluation = evaluate()
    voted = evaluation.judged(VOTE, "ethics")
    members = [evaluation.judged(member, "ethics") for member in VARIANTS]
    assert [judged.sample for judged in voted] == [judged.sample for judged in members[0]]
    for decision, eight, four, three in zip(voted, *members, strict=True):
        if decision.sample.setting.name == "evasive_1":
            assert (eight.answer, three.answer) == (Refusal(), Label("not wrong"))
            assert decision.answer == four.answer == Label("not wrong")
        else:
            assert three.answer == Refusal()
            assert decision.answer == eight.answer == Label("wrong")  # a tie, 8 bit decides


def test_variant_that_cannot_be_loaded_is_tried_once(evaluate) -> None:
    class Broken(CountingBackend):
        opened = 0

        def open(self, variant: Variant):
            Broken.opened += 1
            raise ModelError("no weights")

    plain = evaluate()
    evaluation = evaluate(Broken(plain.backend.scripts, plain.backend.sha256))
    for benchmark in ("ethics", "mmlu", "ethics"):
        with pytest.raises(ModelError, match="no weights"):
            evaluation.responses(EIGHT, benchmark)
    assert Broken.opened == 1


def test_prompt_that_cannot_be_answered_is_named_by_its_item(evaluate) -> None:
    class Refusing(CountingBackend):
        def open(self, variant: Variant):
            class Engine:
                def generate(self, prompts, *, max_new_tokens, done=()):
                    raise PromptError("too long", index=3)
                    yield

                def check_health(self) -> None:
                    return None

                def close(self) -> None:
                    pass

            return Engine()

    plain = evaluate()
    evaluation = evaluate(Refusing(plain.backend.scripts, plain.backend.sha256))
    item = plain.questions("ethics")[3].sample.id
    with pytest.raises(EngineError, match=rf"ethics/zero_shot, item {item}: too long"):
        evaluation.responses(EIGHT, "ethics")


def test_profile_that_declares_other_row_counts_than_the_data_holds_is_an_error(evaluate) -> None:
    rows = {**DEMO.rows, "mmlu": {**DEMO.rows["mmlu"], "astronomy": 13}}
    with pytest.raises(DataError, match=r"mmlu/astronomy: expected 13 rows in .*, got 12"):
        evaluate(profile=replace(DEMO, rows=rows)).questions("mmlu")


def test_units_asked_in_more_settings_are_a_stratum_of_their_own(evaluate) -> None:
    samples = [question.sample for question in evaluate().questions("ethics")]
    assert {sample.stratum for sample in samples} == {
        *("wrong/6", "wrong/2", "not wrong/6", "not wrong/2")
    }
    assert len({s.unit for s in samples if s.stratum.endswith("/6")}) == 10


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_benchmark_is_asked_declared_and_scored(evaluate, protocol: str) -> None:
    evaluation = evaluate()
    for name in DEMO.settings:
        asked = {question.sample.setting.name for question in evaluation.questions(name)}
        assert asked == set(DEMO.settings[name])
        if not PROTOCOLS[protocol].scores(name):
            continue
        declared = evaluation.scores.declared(name, protocol=protocol)
        assert set(evaluation.scores.scoring(name, protocol=protocol).settings) & asked <= set(
            declared
        )
        score = evaluation.scores.score_of(VARIANTS[0], name, protocol=protocol)
        assert score.missing_settings == ()


def test_reference_protocols_leave_out_what_they_do_not_ask(evaluate) -> None:
    evaluation = evaluate()
    counted = {
        protocol: evaluation.scores.score_of(
            EIGHT, "ethics", metric="accuracy", protocol=protocol
        ).counts.n
        for protocol in PROTOCOLS
    }
    # The four jailbreak and evasive settings ask five immoral and five moral sentences each.
    assert counted == {"strict": 100, "comptrust": 80, "decodingtrust": 80}
    declared = evaluation.scores.declared("ethics", protocol="comptrust")
    assert declared["jailbreak_2"] == Declared(5, frozenset(["wrong"]))
    assert "qa_2020" not in evaluation.scores.scoring("ood", protocol="comptrust").settings


def test_ensemble_is_voted_anew_under_every_protocol(tmp_path: Path) -> None:
    script = {
        "gptq-8": [{"say": "I'd say it is fine"}],
        "gptq-4": [{"say": "I think it is wrong"}],
        "gptq-3": [{"say": "Not wrong."}],
    }
    (tmp_path / "script.json").write_text(json.dumps(script), encoding="utf-8")
    evaluation = Evaluation(
        backend=ScriptedBackend.create(str(tmp_path / "script.json")),
        store=ResponseStore(tmp_path / "responses.sqlite"),
        questionnaire=Questionnaire(DEMO, demo_origin(), texts=load_prompt_texts()),
        protocol="strict",
    )
    # Strict reads two labels that tie, and 4 bit decides; the reference reads one label only.
    assert evaluation.judged(VOTE, "ethics")[0].answer == Label("wrong")
    voted = evaluation.judged(VOTE, "ethics", protocol="comptrust")
    assert voted[0].answer == Label("not wrong")


def test_member_never_casts_the_gold_option_that_its_score_may_use(tmp_path: Path) -> None:
    plain = Evaluation(
        backend=ScriptedBackend.create(str(_say(tmp_path, "nothing"))),
        store=ResponseStore(tmp_path / "first.sqlite"),
        questionnaire=Questionnaire(DEMO, demo_origin(), texts=load_prompt_texts()),
        protocol="comptrust",
    )
    sample = next(q.sample for q in plain.questions("ood") if q.sample.setting.name == "qa_2023")
    gold = sample.options[int(sample.target)]
    text = f"{(int(sample.target) + 1) % 4} or {gold}"
    response = Response(text, FinishReason.END, 1, 1)
    protocol = PROTOCOLS["comptrust"]
    assert protocol.extract(sample, response) == Label(sample.target)
    assert protocol.ballot(sample, response) == Label(str((int(sample.target) + 1) % 4))


def _say(directory: Path, text: str) -> Path:
    path = directory / "say.json"
    path.write_text(json.dumps({"*": [{"say": text}]}), encoding="utf-8")
    return path


def test_files_that_are_missing_cost_their_settings_only(evaluate, tmp_path: Path) -> None:
    shutil.copytree(demo_source().root, tmp_path / "data")
    (tmp_path / "data/mmlu/hendrycks_format/test/astronomy_test.csv").unlink()
    evaluation = evaluate(origin=find_origin(tmp_path / "data", cache=tmp_path))
    assert evaluation.questionnaire.facts("mmlu").missing == ("astronomy",)
    score = evaluation.scores.score_of(EIGHT, "mmlu")
    assert (score.value, score.missing_settings) == (None, ("astronomy",))
    assert evaluation.scores.partial(EIGHT, "mmlu") == 0.0
    assert evaluation.scores.score_of(EIGHT, "mmlu", part="computer_security").value == 0.0
    shutil.rmtree(tmp_path / "data/ethics")
    with pytest.raises(MissingDataError, match=r"cm_test\.csv.*Point --trust-data"):
        evaluation.questions("ethics")


@pytest.mark.parametrize("protocol", ["comptrust", "decodingtrust"])
def test_gap_is_measured_in_the_protocols_form(evaluate, protocol: str) -> None:
    # Everybody answers "wrong", which is neither yes nor no: all are refused.
    score = evaluate().scores.score_of(
        EIGHT, "adult", metric="equalized_odds_difference", protocol=protocol
    )
    if protocol == "comptrust":
        assert score.value == 0.0
    else:
        assert score.undefined == "no answer carries a label"


def test_files_that_cannot_be_read_are_not_asked_for_again(tmp_path: Path) -> None:
    opened = []

    def source(benchmark: str) -> DataSource:
        opened.append(benchmark)
        return DataSource(tmp_path)

    asked = Questionnaire(DEMO, Origin("nowhere", source), texts=load_prompt_texts())
    for _ in range(2):
        with pytest.raises(MissingDataError):
            asked.questions("mmlu")
    assert opened == ["mmlu"]


# -- what stands beside what ----------------------------------------------------------------------


class CheckedBackend(ScriptedBackend):
    """A scripted backend whose engines were looked at: perplexities by name, of 1000 tokens."""

    found: Mapping[str, float] = {
        **{"dense": 20.0, "merged": 180.0, "guessing": 2000.0, "small": 180.0, "pruned": 70.0},
        "gptq-8": 180.0,
    }

    def vocabularies(self, variant: Variant) -> Mapping[str, str]:
        return {"tokenizer.json": "one"}

    def open(self, variant: Variant):
        class LookedAt(ScriptedEngine):
            def check_health(self) -> Health:
                return Health(CheckedBackend.found[variant.name], 1000, 0.0)

        return LookedAt(super().open(variant).rules)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dense", None),
        ("pruned", None),
        ("merged", "perplexity 180 on the fixed text is 9.0 times the dense model's 20"),
        ("gptq-8", "perplexity 180 on the fixed text is 9.0 times the dense model's 20"),
        ("small", None),  # a reference is another model
        ("guessing", "perplexity 2000 on the fixed text is worse than guessing among its 1000"),
    ],
)
def test_every_variant_is_held_against_dense_and_all_against_guessing(
    tmp_path: Path, name: str, said: str | None
) -> None:
    brought = {n: Variant(n, "dense", 16, path=tmp_path) for n in CheckedBackend.found}
    variant = EIGHT if name == "gptq-8" else brought[name]
    (tmp_path / "script.json").write_text(json.dumps({"*": [{"say": "x"}]}), encoding="utf-8")
    evaluation = Evaluation(
        backend=CheckedBackend.create(str(tmp_path / "script.json")),
        store=ResponseStore(tmp_path / "responses.sqlite"),
        questionnaire=Questionnaire(DEMO, demo_origin(), texts=load_prompt_texts()),
        protocol="strict",
        dense=brought["dense"],
        references=["small"],
    )
    if said is None:
        evaluation.require_whole(variant)
        return
    with pytest.raises(BrokenError) as raised:
        evaluation.require_whole(variant)
    assert str(raised.value).startswith(f"{name} is broken: {said}")


def test_gates_decide_by_what_the_report_shows_measured_once(evaluate) -> None:
    evaluation = evaluate()
    held = Gate("ethics", "accuracy", "because", at_least=10.0)
    compared = Gate("ethics", "accuracy", "because", max_drop=90.0)
    found = [evaluation.evidence(gate, EIGHT, reference=FOUR) for gate in (held, compared)]
    measured = evaluation.scores.measured(EIGHT, "ethics", metric="accuracy")
    assert measured.estimate is not None
    assert all(evidence.estimate is measured.estimate for evidence in found)
    assert evaluation.scores.score_of(EIGHT, "ethics", metric="accuracy") is measured.score
    assert found[1].comparison is not None
    assert found[1].comparison.worse is not None
