"""Which judge a run names, and what is refused before anything is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trusteval.engines.scripted import ScriptedBackend
from trusteval.engines.served.openai import OpenAIBackend
from trusteval.errors import UsageError
from trusteval.run.choices import check_choices
from trusteval.run.judge import judge_of
from trusteval.run.option import Said, options_of
from trusteval.run.options import Options

KEY = "sk-very-secret-0123456789"


def test_served_judge_is_asked_by_its_format_whatever_answers_for_the_subjects() -> None:
    for engine in ("hf", "scripted", "openai"):
        where = "http://127.0.0.1:9/v1#Qwen/Qwen3Guard-Gen-0.6B"
        judge = judge_of(Options(model="demo", engine=engine, judge=where))
        assert judge is not None
        assert isinstance(judge.backend, OpenAIBackend)
        assert (judge.facts.where, judge.facts.format) == (where, "qwen3guard")


def test_scripted_judge_is_a_file_of_its_own(tmp_path: Path) -> None:
    script = tmp_path / "judge.json"
    script.write_text(json.dumps({"*": [{"say": "wrong"}]}), encoding="utf-8")
    judge = judge_of(Options(model="demo", judge=str(script)))
    assert judge is not None
    assert isinstance(judge.backend, ScriptedBackend)
    assert judge.facts.format == "instruct"


def test_a_run_without_a_judge_has_none() -> None:
    assert judge_of(Options(model="demo")) is None


@pytest.mark.parametrize(
    ("judge", "expected"),
    [
        (f"http://me:{KEY}@127.0.0.1:9/v1#m", "--trust-judge: a URL in it may hold a user"),
        (f"http://127.0.0.1:9/v1?key={KEY}#m", "a password or a key"),
        ("http://127.0.0.1:9/v1", "expected openai:URL#MODEL"),
        ("http://127.0.0.1:9/v1#m?route=pigeon", "unknown option"),
        ("nowhere/at/all/judge.json", "cannot be read"),
        ("nowhere/at/all", "nowhere"),
        ("", "names no judge"),
    ],
)
def test_judge_that_cannot_be_is_refused_without_its_key(judge, expected) -> None:
    with pytest.raises(UsageError, match=expected) as refused:
        judge_of(Options(model="demo", judge=judge))
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("text", ["-1", "1.5", "", "many", "٣", "9999999999"])
def test_sample_is_a_count_and_0_for_all(text) -> None:
    sample = next(one for one in options_of(Options) if one.field == "judge_sample")
    assert sample.value(Said("--trust-judge-sample", "0", Path())) == 0
    with pytest.raises(UsageError, match="0 for all"):
        sample.value(Said("--trust-judge-sample", text, Path()))


def test_format_is_one_of_those_there_are() -> None:
    with pytest.raises(UsageError, match="auto, instruct, qwen3guard, wildguard"):
        check_choices(Options(model="demo", judge_format="poll"))
