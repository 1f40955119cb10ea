"""An option is one field: its flag, its twin, how it is read and checked, its row in the docs."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.plugin.options_table import PAGE, row, with_table
from tests.project import pytest_in
from trusteval.run.option import asked, options_of
from trusteval.run.options import Options

MORE = """
from dataclasses import dataclass, field
from pathlib import Path

from trusteval.run.option import asked
from trusteval.run.options import Options

@dataclass(frozen=True, slots=True, kw_only=True)
class More(Options):
    colour: str = field(
        default="red", metadata=asked("of what colour", one_of=lambda: ("red", "green"))
    )
    palette: Path | None = field(default=None, metadata=asked("where colours are"))
    coats: int | None = field(default=None, metadata=asked("how many coats"))
    is_glossy: bool = field(default=False, metadata=asked("let it shine", name="gloss"))
"""
CONFTEST = """
import pytest
from more import More

from trusteval.errors import UsageError
from trusteval.plugin.options import add_options, read_options
from trusteval.run.choices import check_choices

def pytest_addoption(parser):
    add_options(parser, More)

def pytest_report_header(config):
    try:
        found = read_options(config, More)
        check_choices(found)
    except UsageError as error:
        return f"refused: {error}"
    return f"{found.colour} {found.palette} {found.coats} {found.is_glossy}"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "here").mkdir()
    (tmp_path / "more.py").write_text(MORE, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\npythonpath = .\ntrust_model = demo\n", encoding="utf-8"
    )
    return tmp_path


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return pytest_in(project, "-p", "no:trusteval", *arguments, timeout=60, COLUMNS="200")


def test_one_field_more_is_an_option_with_a_twin(project: Path) -> None:
    told = run(project, "--help").stdout
    assert "--trust-colour=TRUST_COLOUR\n" in told
    assert "of what colour (default: red)\n" in told
    assert "trust_colour (string):" in told
    assert "default of --trust-colour\n" in told
    assert "--trust-gloss" in told
    assert "trust_gloss (bool):" in told


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "red None None False"),
        (("--trust-colour=green", "--trust-coats=2"), "green None 2 False"),
        (("-o", "trust_colour=green", "-o", "trust_gloss=true"), "green None None True"),
        (("-o", "trust_colour=green", "--trust-colour=red"), "red None None False"),
        (("--trust-palette=/p", "--trust-gloss"), "red /p None True"),
        (
            ("--trust-colour=gren",),
            "refused: --trust-colour is one of red, green; got 'gren' (did you mean 'green'?)",
        ),
        (("--trust-coats=many",), "refused: --trust-coats is a number from 1 on, got 'many'"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_one_field_more_is_read_and_checked(
    project: Path, arguments: tuple[str, ...], expected: str
) -> None:
    assert expected in run(project, *arguments).stdout.splitlines()


def test_path_starts_where_pytest_was_called_and_that_of_the_ini_at_its_folder(
    project: Path,
) -> None:
    here = project / "here"
    called = pytest_in(here, "-p", "no:trusteval", "--trust-palette=p", timeout=60, COLUMNS="200")
    assert f"red {here / 'p'} None False" in called.stdout
    written = pytest_in(here, "-p", "no:trusteval", "-o", "trust_palette=p", timeout=60)
    assert f"red {project / 'p'} None False" in written.stdout


def test_one_field_more_is_a_row_of_the_docs() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class More(Options):
        colour: str = field(default="red", metadata=asked("of what colour: red|green"))

    expected = r"| `--trust-colour` | `trust_colour` | `red` | of what colour: red\|green |"
    assert row(options_of(More)[-1]) == expected


def test_page_of_options_is_as_the_fields_have_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page), "bring it up to date: python -m tests.plugin.options_table"
