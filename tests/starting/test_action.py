"""The action's steps, run by a shell in a project that `trusteval init` wrote."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.action_runner import ActionRunner, Ran
from tests.project import ANSWERS, ROOT
from tests.starting.stubs import gh_that_keeps, python_that_installs_nothing
from trusteval.cli import main

pytestmark = pytest.mark.xdist_group("action")  # the steps of a pull request, one after the other
REFUSES = [{"say": "I cannot answer that."}]
SCRIPTED = """--trust-engine=scripted

--trust-html=off
-m
not vote_invariant and not vote_control
"""
ON_PULL_REQUEST = {
    "github.event_name": "pull_request",
    "github.event.pull_request.number": "5",
    "github.token": "a-token",
}
GITHUBS_CACHE = ("Bring back what was answered and built", "Keep what was answered and built")
ALL = [
    *("Python", "Install", GITHUBS_CACHE[0], "Gate", "Summary", "Comment", "Evidence"),
    GITHUBS_CACHE[1],
]


@dataclass
class Job:
    """A project in a runner's workspace, and the programs that its steps find."""

    root: Path
    temp: Path
    programs: Path

    def run(self, *, event: str = "pull_request", **inputs: str) -> Ran:
        context = ON_PULL_REQUEST | {"github.event_name": event}
        runner = ActionRunner(
            ROOT / "action.yml", self.root, self.temp, context, path=[self.programs]
        )
        given = {"model": "script.json", "variants": "dense", "args": SCRIPTED} | inputs
        return runner.run(**given)

    def script(self, answers: object) -> None:
        (self.root / "script.json").write_text(json.dumps({"*": answers}), encoding="utf-8")

    @property
    def comments(self) -> list[dict[str, str]]:
        kept = json.loads((self.programs / "comments.json").read_text(encoding="utf-8"))
        return [one for one in kept if one["type"] == "Bot"]


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    folder = tmp_path_factory.mktemp("job")
    made = Job(folder / "workspace", folder / "temp", folder / "programs")
    for path in (made.root, made.temp, made.programs):
        path.mkdir()
    python_that_installs_nothing(made.programs)
    gh_that_keeps(made.programs)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made.root)
        assert main(["init", "--ci=github"]) == 0
    made.script(ANSWERS)
    return made


@pytest.fixture(scope="module")
def passed(job: Job) -> Ran:
    packages = "torch --index-url https://index.example/cpu\n--no-deps 'x' $HOME"
    return job.run(packages=packages, extras="quantize,gguf")


@pytest.fixture(scope="module")
def failed(job: Job, passed: Ran) -> Ran:
    job.script(REFUSES)
    ended = job.run()
    job.script(ANSWERS)
    return ended


def test_gate_that_passes_ends_with_0(passed: Ran) -> None:
    assert passed.status == 0, passed.printed
    assert passed.outputs == {"status": "0"}
    assert passed.turns == ALL
    assert "::error" not in passed.printed


def test_words_of_packages_are_given_to_pip_and_never_to_the_shell(job: Job, passed: Ran) -> None:
    assert (job.programs / "installed.txt").read_text(encoding="utf-8").splitlines()[:3] == [
        "torch|--index-url|https://index.example/cpu",
        "--no-deps|'x'|$HOME",
        f"{ROOT}[quantize,gguf]",
    ]


def test_summary_is_the_report(job: Job, failed: Ran) -> None:
    report = (job.root / "reports/latest/report.md").read_text(encoding="utf-8")
    assert failed.summary == report
    assert "MUST NOT SHIP" in report


def test_gate_that_fails_ends_with_1_although_all_was_shown(failed: Ran) -> None:
    assert failed.status == 1
    assert failed.outputs == {"status": "1"}
    assert failed.turns == ALL
    assert "::error title=trusteval::something is worse" in failed.printed


def test_one_comment_is_made_and_then_replaced(job: Job, passed: Ran, failed: Ran) -> None:
    (comment,) = job.comments
    assert comment["body"].startswith("<!-- trusteval ")
    assert "MUST NOT SHIP" in comment["body"]
    assert comment["body"].endswith(
        "\n[All files of this run](https://github.example/us/ours/actions/runs/77)\n"
    )


def test_gate_of_another_name_has_its_own_reports_and_comment(job: Job, failed: Ran) -> None:
    ended = job.run(name="other")
    assert ended.status == 0, ended.printed
    assert (job.root / "reports/other/verdicts.json").is_file()
    assert (job.root / "reports/other/junit.xml").is_file()
    assert len({one["body"].splitlines()[0] for one in job.comments}) == 2


def test_history_outlives_the_checkout_and_a_push_has_no_comment(job: Job, failed: Ran) -> None:
    before = job.comments
    (job.root / "reports/history.jsonl").unlink()
    ended = job.run(event="push", cache=str(job.temp / "trusteval-cache"))
    lines = (job.root / "reports/history.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 2
    assert ended.turns == [name for name in ALL if name not in (*GITHUBS_CACHE, "Comment")]
    assert job.comments == before


def test_what_was_not_measured_is_10_and_a_comment_that_is_refused_a_warning(
    job: Job, failed: Ran
) -> None:
    gh_that_keeps(job.programs, refuses=True)
    ended = job.run(args=f"{SCRIPTED}--trust-require=all\n-k\nmmlu")
    gh_that_keeps(job.programs)
    assert (ended.status, ended.outputs) == (10, {"status": "10"}), ended.printed
    assert "::error title=trusteval::something could not be measured" in ended.printed
    assert "::warning title=trusteval::no comment could be written" in ended.printed


def test_wrong_options_are_4_and_leave_no_report(job: Job, failed: Ran) -> None:
    ended = job.run(name="none", profile="none")
    assert ended.status == 4
    assert "nothing was judged: pytest ended with 4" in ended.printed
    assert ended.summary == "trusteval: no report was written, see the step Gate\n"
    assert not (job.root / "reports/none/report.md").exists()
