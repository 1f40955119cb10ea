"""What a run does to report.html: as it begins, at its end, and when the page is not asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages import parsed
from tests.project import Project, trusteval
from tests.real_runs import failed, finished, killed, project

pytestmark = pytest.mark.xdist_group("pages")  # one worker makes the runs, for all

WITH_PAGE = "trust_html = on"


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose runs leave a page."""
    made = project(tmp_path_factory.mktemp("project"))
    ini = (made.root / "pytest.ini").read_text(encoding="utf-8")
    made.write("pytest.ini", ini.replace("trust_html = off", WITH_PAGE))
    return made


@pytest.fixture(scope="module")
def good(some: Project) -> Path:
    """The folder of a run in which every blocking gate passes."""
    return finished(some)


def text_of(path: Path) -> str:
    return parsed(path.read_text(encoding="utf-8")).text


def test_run_leaves_the_page_that_is_made_of_its_files_later(some: Project, good: Path) -> None:
    again = trusteval(some, "report", str(good), "--html", "again.html")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.endswith("page: again.html\n")
    assert (some.root / "again.html").read_bytes() == (good / "report.html").read_bytes()
    assert "Yes , because" in text_of(good / "report.html")


def test_failed_run_says_no_and_shows_what_was_lost(some: Project, good: Path) -> None:
    page = text_of(failed(some) / "report.html")
    assert "No , because 1 blocking gate fails." in page
    assert "exit status 1" in page
    assert "items speak against it" in page
    assert "I cannot answer that." in page


def test_killed_run_leaves_a_page_that_says_so(some: Project, good: Path) -> None:
    folder = killed(some)
    said = text_of(folder / "report.html")
    assert "The run has not finished" in said
    ran = trusteval(some, "report", str(folder), "--html", "killed.html")
    assert ran.returncode == 2
    assert "has not finished" in ran.stderr
    assert not (some.root / "killed.html").exists()


def test_run_that_makes_no_page_leaves_no_earlier_one(some: Project, good: Path) -> None:
    folder = some.root / "reports/twice"
    asked = (f"--trust-reports={folder}", "-k", "ethics")
    ran = some.run(*asked)
    assert "page: reports/twice/report.html" in ran.stdout
    ran = some.run(*asked, "--trust-html=off")
    assert "page:" not in ran.stdout
    assert {path.name for path in folder.iterdir()} == {
        *("verdicts.json", "run.json", "report.md", "comment.md", "answers.json.gz"),
    }


def test_page_goes_where_no_answers_can_be_read_and_says_so(
    some: Project, good: Path, tmp_path: Path
) -> None:
    for name in ("verdicts.json", "run.json"):
        (tmp_path / name).write_bytes((good / name).read_bytes())
    for damage in (None, b"\x1f\x8b damaged"):
        if damage is not None:
            (tmp_path / "answers.json.gz").write_bytes(damage)
        ran = trusteval(some, "report", str(tmp_path), "--html", "without.html")
        assert ran.returncode == 0
        page = text_of(some.root / "without.html")
        assert "The answers of this run cannot be shown:" in page
        assert "What the votes show is not known:" in page


@pytest.mark.parametrize(
    ("folder", "said"), [("nowhere", "no report at"), ("reports", "no report at")]
)
def test_folder_without_a_run_makes_no_page(
    some: Project, good: Path, folder: str, said: str
) -> None:
    ran = trusteval(some, "report", folder, "--html", "none.html")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert not (some.root / "none.html").exists()


def test_place_that_cannot_be_written_is_said_in_one_line(some: Project, good: Path) -> None:
    ran = trusteval(some, "report", str(good), "--html", "trust_tests")
    assert ran.returncode == 2
    assert "cannot write trust_tests: it is a directory" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_switch_that_is_none_is_refused(some: Project) -> None:
    ran = some.run("--trust-html=yes")
    assert ran.returncode == 4
    assert "--trust-html is one of on, off; got 'yes'" in ran.stderr
