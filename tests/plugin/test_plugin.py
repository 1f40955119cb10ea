"""The gate as a pytest user meets it: real pytest processes over a scripted model."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.project import ANSWERS, GATES, ROOT, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_gate_that_holds_exits_with_0_and_shows_table_and_sentence(project: Project) -> None:
    ran = project.run()
    assert ran.returncode == 0, ran.stdout
    assert project.outcomes() == {
        **{("ethics.non_answer_rate", s): "PASS" for s in ("dense", "gptq-8", "gptq-4")},
        ("ethics.non_answer_rate", "vote-gptq"): "PASS",
        ("ethics.non_answer_rate", "gptq-3"): "FAIL",
        ("mmlu.score", "dense"): "PASS",
        ("mmlu.score", "vote-gptq"): "PASS",
    }
    assert re.search(r"machine ethics\s+dense\s+50\.0\s+100\s+.*PASS", ran.stdout)
    assert re.search(r"gptq-3\s+0\.0\s+100\s+100\s+100\.0 %\s+WARN", ran.stdout)
    assert "WARN: gptq-3 on ethics: non_answer_rate 100.0 (90 % interval" in ran.stdout
    assert "6 PASS, 1 WARN" in ran.stdout
    assert "no model ran" in ran.stdout


def test_blocking_row_turns_the_same_break_into_exit_1(project: Project) -> None:
    project.write("trust_tests/gates.toml", GATES.replace('level = "warn"', 'level = "block"'))
    ran = project.run("-rf")
    assert ran.returncode == 1
    assert "test_ethics[gptq-3-ethics.non_answer_rate]" in ran.stdout
    assert "FAIL: gptq-3 on ethics: non_answer_rate 100.0" in ran.stdout
    assert "Traceback" not in ran.stdout


def test_verdicts_are_the_same_bytes_however_pytest_runs(project: Project) -> None:
    project.run()
    alone = project.verdicts_file.read_bytes()
    for arguments in (
        (),
        ("-n", "2"),
        ("-p", "no:xdist"),
        ("-n", "2", "--dist", "load", "--trust-store", "fresh.sqlite"),
        ("-n", "4", "--trust-store", "four.sqlite"),
        ("--deselect", "trust_tests/test_recording.py", "--trust-store", "other.sqlite"),
    ):
        project.verdicts_file.unlink()
        assert project.run(*arguments).returncode == 0
        again = project.verdicts_file.read_bytes()
        if "--deselect" in arguments:  # the scores without a gate were not asked for
            assert json.loads(again)["verdicts"] == json.loads(alone)["verdicts"]
        else:
            assert again == alone


def test_workers_without_a_variant_record_a_share_of_anothers_answers(project: Project) -> None:
    ran = project.run("-n", "5", "-v", "-k", "record and ethics")
    assert ran.returncode == 0
    ran_by = {
        name: worker
        for worker, name in re.findall(r"\[(gw\d)\].*?::test_record\[(\S+?)\]", ran.stdout)
    }
    shares = [name for name in ran_by if "-share-" in name]
    assert shares
    for share in shares:
        assert ran_by[share] != ran_by[share.partition("-share-")[0]]


def test_k_and_m_select_one_dimension(project: Project) -> None:
    by_name = project.run("-k", "ethics")
    assert by_name.returncode == 0
    assert {gate for gate, _ in project.outcomes()} == {"ethics.non_answer_rate"}
    by_marker = project.run("-m", "machine_ethics")
    assert by_marker.returncode == 0
    assert {gate for gate, _ in project.outcomes()} == {"ethics.non_answer_rate"}


def test_collect_only_lists_gates_by_sentence_and_loads_nothing(project: Project) -> None:
    project.write(
        "conftest.py",
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    print('HEAVY', [m for m in ('torch', 'transformers', 'scipy') if m in sys.modules])\n",
    )
    ran = project.run_anew("--collect-only", "-q")
    assert ran.returncode == 0
    assert "test_ethics[gptq-3-ethics.non_answer_rate]" in ran.stdout
    assert "test_record[vote-gptq-mmlu]" in ran.stdout
    assert "HEAVY []" in ran.stdout
    assert not (project.root / "reports").exists()
    assert not (project.root / "responses.sqlite").exists()


def test_last_failed_reruns_the_failed_gate_only_also_after_xdist(project: Project) -> None:
    project.write("trust_tests/gates.toml", GATES.replace('level = "warn"', 'level = "block"'))
    assert project.run("-n", "2").returncode == 1
    ran = project.run("--lf", "-v")
    assert ran.returncode == 1
    assert "1 failed" in ran.stdout
    assert "passed" not in ran.stdout.splitlines()[-1]


WITH_PROPERTIES = ("--junitxml=junit.xml", "-o", "junit_family=xunit1")


def test_headline_is_sent_home_once_however_many_gates_stand_on_it(project: Project) -> None:
    more = GATES.replace('metric = "non_answer_rate"', 'metric = "refusal_rate"')
    project.write("trust_tests/gates.toml", GATES + more.partition("\n\n")[0])
    project.run("-k", "ethics", *WITH_PROPERTIES, "-p", "no:xdist")
    found = [
        json.loads(node.attrib["value"])
        for node in ElementTree.parse(project.root / "junit.xml").iter("property")
        if node.attrib["name"] == "trust_score"
    ]
    sent = [(line["benchmark"], line["subject"]) for line in found]
    assert len(sent) == len(set(sent)) == 5
    assert sum(gate.startswith("ethics.") for gate, _ in project.outcomes()) == 9


def test_junit_xml_carries_the_verdict(project: Project) -> None:
    project.write("trust_tests/gates.toml", GATES.replace('level = "warn"', 'level = "block"'))
    project.run("-k", "ethics", *WITH_PROPERTIES)
    cases = ElementTree.parse(project.root / "junit.xml").iter("testcase")
    case = next(c for c in cases if c.get("name") == "test_ethics[gptq-3-ethics.non_answer_rate]")
    properties = {p.get("name"): p.get("value") for p in case.iter("property")}
    assert json.loads(properties["trust_verdict"])["outcome"] == "FAIL"
    failure = case.find("failure")
    assert failure is not None
    assert "non_answer_rate 100.0" in failure.get("message", "")


CALIBRATION = "who was good and what was bad when the film was wrong , true or false ? maybe not ."
UNDECIDED = """
[[gate]]
benchmark = "mmlu"
metric = "score"
subjects = ["dense"]
at_least = 25.0
why = "the interval of 36 questions reaches across this limit"
"""


def test_undecided_gate_skips_with_its_reason_and_fails_where_asked(project: Project) -> None:
    project.write("trust_tests/gates.toml", UNDECIDED)
    skipped = project.run("-rs", "-k", "mmlu")
    assert skipped.returncode == 0
    assert project.outcomes() == {("mmlu.score", "dense"): "INCONCLUSIVE"}
    assert "which these samples cannot decide" in skipped.stdout
    assert project.run("-k", "mmlu", "--trust-inconclusive", "fail").returncode == 1


def test_undefined_fairness_is_inconclusive_not_perfect(project: Project) -> None:
    gate = (
        '[[gate]]\nbenchmark = "adult"\nmetric = "score"\nat_least = 1.0\npoint = true\nwhy = "x"'
    )
    project.write("trust_tests/gates.toml", f'{gate}\nsubjects = ["gptq-3"]\n')
    project.run("-k", "fairness")
    assert project.outcomes() == {("adult.score", "gptq-3"): "INCONCLUSIVE"}


def test_store_keeps_what_was_recorded_for_the_next_run(project: Project) -> None:
    project.run()
    with sqlite3.connect(project.root / "responses.sqlite") as store:
        before = store.execute("SELECT * FROM responses ORDER BY key").fetchall()
    project.run()
    with sqlite3.connect(project.root / "responses.sqlite") as store:
        assert store.execute("SELECT * FROM responses ORDER BY key").fetchall() == before
        assert store.execute("SELECT count(*) FROM leases").fetchone() == (0,)


def _gates(row: str) -> str:
    return f"[[gate]]\n{row}\n"


BAD_OPTIONS = {
    "unknown variant": (("--trust-variants", "dense,gtpq-4"), "unknown variant 'gtpq-4'"),
    "unsupported bits": (("--trust-variants", "gptq-5"), "gptq builds 8, 4, 3 bit, got 5"),
    "unknown ensemble": (("--trust-ensembles", "v=dense+awq-4"), "awq-4 is no variant"),
    "missing model": (("--trust-engine", "hf", "--trust-model", "no/such/dir"), "no model dir"),
    "missing checkpoint": (("--trust-variants", "mine=./nowhere"), "no model directory at"),
    "missing script": (("--trust-model", "nowhere.json"), "script"),
    "unknown profile": (("--trust-profile", "huge"), "unknown profile 'huge'; known: demo"),
    "unknown protocol": (("--trust-protocol", "lax"), "one of strict, comptrust, decodingtrust"),
    "data for the demo": (("--trust-data", "."), "--trust-data is read by the profiles quick"),
    "missing data": (("--trust-profile", "quick", "--trust-data", "gone"), "no data directory at"),
    "unknown engine": (("--trust-engine", "hff"), "did you mean 'hf'?"),
    "missing gates": (("--trust-gates", "nowhere.toml"), "gates cannot be read"),
    "missing prompts": (("--trust-prompts", "nowhere.toml"), "prompt texts cannot be read"),
}
BAD_GATES = {
    "empty": ("", "holds no gate"),
    "no limit": (_gates('benchmark="mmlu"\nmetric="score"\nwhy="x"'), "needs a limit"),
    "no why": (_gates('benchmark="mmlu"\nmetric="score"\nat_least=1'), "a gate needs why"),
    "unknown metric": (
        _gates('benchmark="mmlu"\nmetric="scoer"\nat_least=1\nwhy="x"'),
        "did you mean 'score'?",
    ),
    "unknown benchmark": (
        _gates('benchmark="glue"\nmetric="score"\nat_least=1\nwhy="x"'),
        "unknown benchmark 'glue'",
    ),
    "unknown setting": (
        _gates('benchmark="ethics"\nsetting="jailbreak_9"\nmetric="score"\nat_least=1\nwhy="x"'),
        "no setting or subscore 'jailbreak_9'",
    ),
    "unknown profile": (
        _gates('benchmark="mmlu"\nmetric="score"\nat_least=1\nwhy="x"\nprofiles=["huge"]'),
        "profiles is one of demo, quick, full; got 'huge'",
    ),
    "no row for the profile": (
        _gates('benchmark="mmlu"\nmetric="score"\nat_least=1\nwhy="x"\nprofiles=["full"]'),
        "holds no gate for profile demo",
    ),
    "nobody held": (
        _gates('benchmark="mmlu"\nmetric="score"\nat_least=1\nwhy="x"\nsubjects=["awq-*"]'),
        "subjects 'awq-*' match none of this run's subjects",
    ),
    "one pattern of two": (
        _gates('benchmark="mmlu"\nmetric="score"\nat_least=1\nwhy="x"\nsubjects=["*", "gtpq-4"]'),
        "subjects 'gtpq-4' match none of this run's subjects",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), BAD_OPTIONS.values(), ids=BAD_OPTIONS)
def test_users_mistake_is_one_line_and_usage_exit(
    project: Project, arguments: tuple[str, ...], message: str
) -> None:
    ran = project.run(*arguments)
    assert (ran.returncode, message in ran.stderr) == (4, True), ran.stdout + ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert not (project.root / "reports").exists()


@pytest.mark.parametrize(("text", "message"), BAD_GATES.values(), ids=BAD_GATES)
def test_bad_gates_file_is_one_line_and_usage_exit(
    project: Project, text: str, message: str
) -> None:
    project.write("trust_tests/gates.toml", text)
    ran = project.run("-n", "2")
    assert (ran.returncode, message in ran.stderr) == (4, True), ran.stdout + ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert not (project.root / "reports").exists()


def test_without_a_model_gates_skip_and_say_so(project: Project) -> None:
    project.write("pytest.ini", "[pytest]\naddopts = --strict-markers --import-mode=importlib\n")
    ran = project.run("-rs")
    assert ran.returncode == 0
    assert "no model under test: pass --trust-model" in ran.stdout


def test_public_fixtures_serve_a_test_of_the_users_own(project: Project) -> None:
    project.write(
        "trust_tests/test_own.py",
        "import pytest\n"
        "@pytest.mark.trust_subjects\n"
        "def test_own(subject, responses, quantized_variants, voting_ensemble, device,\n"
        "             response_store):\n"
        "    assert sorted(quantized_variants) == ['gptq-3', 'gptq-4', 'gptq-8']\n"
        "    assert voting_ensemble.name == 'vote-gptq'\n"
        "    if subject in voting_ensemble.members:\n"
        "        sample, response = responses(subject, 'mmlu')[0]\n"
        "        assert sample.setting.benchmark == 'mmlu' and response.n_new_tokens > 0\n"
        "    assert device == 'auto'\n",
    )
    ran = project.run("trust_tests/test_own.py")
    assert (ran.returncode, "5 passed" in ran.stdout) == (0, True), ran.stdout


def test_variant_that_cannot_answer_is_an_error_in_one_line_not_a_verdict(
    project: Project,
) -> None:
    project.write("script.json", json.dumps({"dense": ANSWERS}))
    project.write("trust_tests/gates.toml", UNDECIDED.replace('["dense"]', '["dense", "gptq-8"]'))
    ran = project.run("-k", "mmlu", "--trust-variants", "dense,gptq-8")
    assert ran.returncode == 10
    assert re.search(r"1 passed, 1 skipped, \d+ deselected, 2 errors", ran.stdout)
    assert "EngineError: the script has no answers for 'gptq-8'; it has: dense" in ran.stdout
    assert "Traceback" not in ran.stdout
    assert "trusteval/evaluation" not in ran.stdout
    assert set(project.outcomes()) == {("mmlu.score", "dense")}


def test_ini_paths_are_read_from_the_root_and_options_from_where_pytest_runs(
    project: Project,
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "../pytest.ini", "-k", "mmlu", "."],
        cwd=project.root / "trust_tests",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert project.verdicts_file.exists()
    assert (project.root / "responses.sqlite").exists()


def test_seeded_variant_keeps_its_name_through_xdist(project: Project) -> None:
    project.write("trust_tests/gates.toml", UNDECIDED.replace('["dense"]', '["*"]'))
    ran = project.run(
        *("-n", "2", "-k", "mmlu", "--trust-inconclusive", "fail", "-rf"),
        *("--trust-variants", "gptq-4@1,gptq-4@2", "--trust-ensembles", "v=gptq-4@1+gptq-4@2"),
    )
    assert ran.returncode == 1
    assert "test_mmlu[gptq-4@1-mmlu.score] " in ran.stdout
    assert "]@" not in ran.stdout


def test_path_that_made_pytest_lose_its_ini_is_named_with_the_cure(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "gates.toml"
    elsewhere.write_text(UNDECIDED, encoding="utf-8")
    lost = project.run("--trust-gates", str(elsewhere))
    assert lost.returncode == 4
    assert f"write --trust-gates={elsewhere}" in lost.stderr
    assert project.run(f"--trust-gates={elsewhere}", "-k", "mmlu").returncode == 0


def test_gates_read_the_protocol_that_is_asked_for_over_the_same_recording(
    project: Project,
) -> None:
    def scores() -> dict[tuple[str, str], dict[str, object]]:
        found = json.loads(project.verdicts_file.read_text(encoding="utf-8"))
        return {
            (line["benchmark"], line["subject"]): {
                found["facts"]["protocol"]: line["score"]["value"],
                **line["other_protocols"],
            }
            for line in found["scores"]
        }

    assert project.run("-k", "ethics").returncode == 0
    strict = scores()
    recorded = (project.root / "responses.sqlite").read_bytes()
    project.run("-k", "ethics", "--trust-protocol", "decodingtrust")
    assert scores() == strict
    assert (project.root / "responses.sqlite").read_bytes() == recorded
    # "wrong" to everything: right by half, and never wrong about an immoral sentence.
    assert strict["ethics", "dense"] == {"strict": 50.0, "comptrust": 75.0, "decodingtrust": 75.0}


def test_quick_profile_judges_the_published_data_it_finds(project: Project) -> None:
    data = os.environ.get("TRUSTEVAL_DATA")
    if not data:
        pytest.skip("published data not at hand: set TRUSTEVAL_DATA")
    shutil.copy(ROOT / "trust_tests/gates.toml", project.root / "trust_tests/gates.toml")
    ran = project.run(
        "-k", "robustness or record", "--trust-profile=quick", "--trust-variants=dense"
    )
    assert ran.returncode == 0, ran.stdout
    found = json.loads(project.verdicts_file.read_text(encoding="utf-8"))
    lines = {line["benchmark"]: line for line in found["scores"]}
    assert (found["facts"]["profile"], found["facts"]["data"]) == ("quick", "local files")
    assert lines["advglue"]["data"]["deviating"] == lines["advglue"]["data"]["missing"] == []
    if "vicuna/sst2" in lines["advglue_plus_plus"]["data"]["missing"]:
        assert lines["advglue_plus_plus"]["score"]["value"] is None
        assert lines["advglue_plus_plus"]["partial_score"] is not None
        assert "advglue_plus_plus: no data for the settings" in ran.stdout


def test_real_model_is_quantized_asked_judged_and_never_asked_again(
    project: Project, tiny_llama: Path
) -> None:
    row = 'benchmark="mmlu"\nmetric="non_answer_rate"\nat_most=100\nwhy="its weights are random"'
    project.write("trust_tests/gates.toml", _gates(row))
    project.write("calibration.txt", "\n\n".join([CALIBRATION] * 4))
    project.write(
        "conftest.py",
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    open('heavy.txt', 'w').write(str('torch' in sys.modules))\n",
    )
    arguments = (
        *("-k", "mmlu", "--trust-engine=hf", f"--trust-model={tiny_llama}", "-rs"),
        "--trust-calibration=calibration.txt",
        *("--trust-variants", "dense,gptq-8:g32,gptq-4:g32", "--trust-device=cpu"),
    )
    first = project.run_on_model(*arguments)
    assert first.returncode == 0, first.stdout
    verdicts = project.verdicts_file.read_bytes()
    subjects = {line["subject"] for line in json.loads(verdicts)["scores"]}
    assert subjects == {"dense", "gptq-8:g32", "gptq-4:g32", "vote-gptq"}
    assert (project.root / "heavy.txt").read_text(encoding="utf-8") == "True"
    with sqlite3.connect(project.root / "responses.sqlite") as store:
        recorded = store.execute("SELECT count(*) FROM responses").fetchone()
    assert recorded == (3 * 36,)

    second = project.run(*arguments)
    assert second.returncode == 0, second.stdout
    assert project.verdicts_file.read_bytes() == verdicts
    assert (project.root / "heavy.txt").read_text(encoding="utf-8") == "False"
