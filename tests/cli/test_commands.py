"""The commands: one file each, of which asking for help imports nothing heavy."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import trusteval.cli
from trusteval.cli import main

FOLDER = Path(trusteval.cli.__file__).parent
HEAVY = {"torch", "transformers", "datasets", "numpy", "scipy", "pyarrow", "jinja2", "rich"}
SHOW = """
import json, sys
from trusteval.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
sys.stderr.write(json.dumps(sorted(sys.modules)))
"""


def commands(capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = re.search(r"\{([a-z,]+)\}", capsys.readouterr().out)
    assert listed is not None
    return listed[1].split(",")


def test_every_command_has_a_file_of_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    names = commands(capsys)
    assert len(names) == 18
    for name in names:
        text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
        assert text.startswith(f'"""`trusteval {name}')


def test_importing_the_command_line_leaves_every_room_but_the_machines_alone() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import sys, trusteval.cli; print(*sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = found.stdout.split()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("trusteval.")}
    assert rooms == {"cli", "errors", "printable", "run", "system"}
    assert HEAVY & set(loaded) == set()


@pytest.mark.parametrize("words", [["--help"], ["plan", "--help"], ["store", "gc", "--help"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    found = subprocess.run(
        [sys.executable, "-c", SHOW, *words], capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith("usage: trusteval")
    loaded = {*json.loads(found.stderr)} - {"numpy"}  # it comes with the names of protocols
    assert HEAVY & loaded == set()
