"""A store's context as a run: what is recorded whole is compared, the rest is counted."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.cli import main
from trusteval.reading.reader import READER_VERSION
from trusteval.store import ResponseStore, probabilities_key, response_key
from trusteval.store.probabilities import put_label_logs
from trusteval.suite.origin import demo_origin
from trusteval.suite.profiles import DEMO
from trusteval.suite.questions import Questionnaire
from trusteval.system.digests import digest
from trusteval.tracking.store_selection import Asking, recorded_run
from trusteval.types import FinishReason, LabelLogs, Prompt, Response

ROOT = Path(__file__).parents[2]
FAST = {"engine": "hf", "weights": "a" * 64, "dtype": "bfloat16"}
SLOW = {"engine": "hf", "weights": "b" * 64, "dtype": "float32"}
HALF = {"engine": "hf", "weights": "c" * 64, "dtype": "bfloat16"}
NAMES = {name: digest(of)[:12] for name, of in (("fast", FAST), ("slow", SLOW), ("half", HALF))}


def _record(
    store: ResponseStore, context: dict[str, str], say: Callable[[str, Prompt], str | None]
):
    """Record what `say` answers to the demo questions; None leaves a question open."""
    asked = Questionnaire(DEMO, demo_origin(), texts=load_prompt_texts(None))
    for benchmark in DEMO.settings:
        said = {}
        for question in asked.questions(benchmark):
            text = say(benchmark, question.prompt)
            n = question.sample.setting.max_new_tokens
            key = response_key(digest(context), question.prompt, max_new_tokens=n)
            if text is not None:
                said[key] = Response(text, FinishReason.END, 1, 1)
        store.put(context, said)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three contexts: one answers A, one refuses ethics, one has half of mmlu only."""
    path = tmp_path_factory.mktemp("store") / "responses.sqlite"
    store = ResponseStore(path)
    _record(store, FAST, lambda benchmark, _: "wrong" if benchmark == "ethics" else " A")
    _record(store, SLOW, lambda benchmark, _: "I cannot say." if benchmark == "ethics" else " A")
    first = iter(range(1000))
    _record(store, HALF, lambda b, _: " A" if b == "mmlu" and next(first) < 20 else None)
    store.close()
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = main(["compare", *arguments])
    printed = capsys.readouterr()
    return code, (printed.out + printed.err).splitlines()


def test_two_contexts_are_compared_and_their_confounds_marked(recorded: Path, capsys) -> None:
    fast, slow = NAMES["fast"], NAMES["slow"]
    code, lines = told(
        capsys, f"{recorded}#{fast}", f"{recorded}#{slow[:6].upper()}", "--max-drop=3", "--flips=1"
    )
    assert code == 1
    assert lines[0] == f"CONFOUND {fast} -> {slow}: dtype: bfloat16 before, float32 after"
    changes = {
        line.split(" on ")[1].split(":")[0]: line.split(": ")[1].split(",")[0]
        for line in lines[1:]
        if " on " in line and line.startswith(fast)
    }
    assert changes["ethics"] == "regression"
    assert changes["mmlu"] == "identical"
    assert any("lost zero_shot/0: wrong -> refused (wrong is right) I pawned" in x for x in lines)


def test_context_brings_what_was_said_and_the_present_reader(recorded: Path) -> None:
    fast, slow = (recorded_run(recorded, NAMES[name], Asking()).run for name in ("fast", "slow"))
    assert fast.said[NAMES["fast"], "ethics"].texts == ("wrong",)
    assert slow.said[NAMES["slow"], "ethics"].texts == ("I cannot say.",)
    said, answer_table = fast.said[NAMES["fast"], "mmlu"], fast.answer_tables[NAMES["fast"], "mmlu"]
    assert (len(said), said.cut.any()) == (len(answer_table.sample_table.samples), False)
    assert fast.facts.reader == READER_VERSION


def test_context_brings_how_likely_labels_were_where_that_is_recorded(
    recorded: Path, tmp_path: Path
) -> None:
    path = tmp_path / "responses.sqlite"
    shutil.copy(recorded, path)
    store = ResponseStore(path)
    asked = Questionnaire(DEMO, demo_origin(), texts=load_prompt_texts(None)).questions("ethics")
    for number, question in enumerate(asked[:-1]):
        setting = question.sample.setting
        n, labels = setting.max_new_tokens, tuple(label.value for label in setting.labels)
        key = response_key(digest(FAST), question.prompt, max_new_tokens=n)
        logs = LabelLogs(labels, (-float(number), -0.5))
        put_label_logs(store, FAST, {probabilities_key(key, labels): logs})
    store.close()
    run = recorded_run(path, NAMES["fast"], Asking()).run
    assert run.probabilities.keys() == {(NAMES["fast"], "ethics")}
    told = run.probabilities[NAMES["fast"], "ethics"]
    assert told.labels == ("wrong", "not wrong")
    assert told.log[:-1, 0].tolist() == [-float(number) for number in range(len(asked) - 1)]
    assert np.isnan(told.log[-1]).all()
    assert told.unknown == ("they were not recorded",)
    assert not recorded_run(path, NAMES["slow"], Asking()).run.probabilities


def test_context_is_compared_with_itself_without_torch(recorded: Path) -> None:
    script = (
        "import sys; from trusteval.cli import main\n"
        "code = main(sys.argv[1:])\n"
        "print([m for m in ('torch', 'transformers', 'datasets') if m in sys.modules])\n"
        "sys.exit(code)"
    )
    run = f"{recorded}#{NAMES['fast']}"
    ran = subprocess.run(
        [sys.executable, "-c", script, "compare", run, run, "--max-drop=25"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "[]"), ran.stderr
    assert "on ethics: identical" in ran.stdout
    assert "CONFOUND" not in ran.stdout


def test_benchmark_that_is_not_recorded_whole_is_left_out_with_what_is_missing(
    recorded: Path, capsys, tmp_path: Path
) -> None:
    holed = tmp_path / "holed.sqlite"
    shutil.copy(recorded, holed)
    with sqlite3.connect(holed) as store:
        gone = "SELECT key FROM responses WHERE text = 'wrong' ORDER BY key LIMIT 7"
        store.execute(f"DELETE FROM responses WHERE key IN ({gone})")
    run = f"{holed}#{NAMES['fast']}"
    _, lines = told(capsys, run, run, "--max-drop=10")
    assert lines[0] == f"{NAMES['fast']}: ethics is left out, 7 of 100 answers are not recorded"
    assert not any("ethics" in line for line in lines[1:])
    code, lines = told(capsys, run, run, "--benchmark=ethics")
    assert (code, len(lines)) == (2, 1)
    assert "no run asked 'ethics'; asked: " in lines[0]
    assert lines[0].endswith("ethics is left out, 7 of 100 answers are not recorded")
    code, lines = told(capsys, f"{recorded}#{NAMES['fast']}", run)
    assert code == 4
    assert any("on ethics: not comparable (the second run did not ask it)" in x for x in lines)


def test_mistakes_are_one_line_and_exit_2(recorded: Path, capsys, tmp_path: Path) -> None:
    fast = f"{recorded}#{NAMES['fast']}"
    prefix = f"{recorded}#"
    for run, said in (
        (f"{tmp_path}/none.sqlite#abc", f"no response store at {tmp_path}/none.sqlite"),
        (f"{prefix}xyz", "has no context that begins with 'xyz'; `trusteval store info --store="),
        (prefix, "3 contexts of"),
        (f"{prefix}{NAMES['half']}", "nothing is whole in"),
    ):
        code, lines = told(capsys, fast, run)
        assert (code, len(lines), said in lines[0]) == (2, 1, True), lines
    _, (line,) = told(capsys, fast, f"{prefix}{NAMES['half']}")
    assert f"{NAMES['half']}: mmlu is left out, 16 of 36 answers are not recorded" in line


def test_file_that_is_no_store_is_refused(capsys, tmp_path: Path) -> None:
    (tmp_path / "notes.sqlite").write_text("notes " * 1000, encoding="utf-8")
    code, lines = told(capsys, f"{tmp_path}/notes.sqlite#a", f"{tmp_path}/notes.sqlite#a")
    assert (code, len(lines)) == (2, 1)


def test_what_was_asked_is_said_by_options(recorded: Path, capsys, tmp_path: Path) -> None:
    run = f"{recorded}#{NAMES['fast']}"
    # Every sentence is called wrong: of what one protocol counts in ethics that is all right.
    for options, value in (((), "50.0"), (("--protocol=comptrust",), "75.0")):
        _, lines = told(capsys, run, run, *options)
        (line,) = [line for line in lines if "on ethics" in line]
        assert line.endswith(f", score {value}")
    other = tmp_path / "prompts.toml"
    texts = (ROOT / "trusteval/benchmarks/prompts.toml").read_text(encoding="utf-8")
    other.write_text(texts.replace("Answer:", "Answer is:"), encoding="utf-8")
    _, lines = told(capsys, run, run, f"--prompts={other}")
    assert "mmlu is left out, 36 of 36 answers are not recorded" in " ".join(lines)
    code, lines = told(capsys, run, run, "--profile=quick", f"--data={tmp_path / 'none'}")
    assert (code, lines) == (
        2,
        [
            f"trusteval: no data directory at {tmp_path / 'none'}; --trust-data or TRUSTEVAL_DATA "
            "names a folder with the benchmarks' original files (docs/benchmarks.md)"
        ],
    )
