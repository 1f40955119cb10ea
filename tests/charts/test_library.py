"""matplotlib is used unseen: nobody's settings, any home, no warning, no line of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

from tests.charts.pieces import CHARTS, DOTS
from tests.drawings import texts
from tests.project import ROOT
from trusteval.charts.files import chart_file
from trusteval.charts.svg import page_svg
from trusteval.errors import DrawingError

DRAW = """
from tests.charts.pieces import CHARTS
from trusteval.charts.svg import page_svg
for name, chart in CHARTS.items():
    print(page_svg(chart, name=name))
"""
HERE = "".join(f"{page_svg(chart, name=name)}\n" for name, chart in CHARTS.items())


def drawn(**environment: str) -> subprocess.CompletedProcess[str]:
    """Draw everything in a process for which every warning is an error."""
    hidden = ("HOME", "MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", DRAW],
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_home_that_cannot_be_written_is_none_of_the_readers_business(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    found = drawn(HOME=str(file / "home"))
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout == HERE


def test_settings_of_the_user_are_neither_read_nor_changed(tmp_path: Path) -> None:
    own = tmp_path / "matplotlibrc"
    own.write_text(
        "font.size: 30\nsvg.fonttype: path\naxes.grid: True\naxes.facecolor: red\nno.such: 1\n",
        encoding="utf-8",
    )
    found = drawn(MATPLOTLIBRC=str(own), HOME=str(tmp_path))
    assert (found.returncode, found.stdout) == (0, HERE)
    before = dict(mpl.rcParams)
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "path", "text.usetex": True}):
        changed = dict(mpl.rcParams)
        assert page_svg(DOTS, name="dots") in HERE
        assert dict(mpl.rcParams) == changed
    assert dict(mpl.rcParams) == before


def test_no_window_is_opened_and_no_backend_chosen() -> None:
    script = (
        "import sys, matplotlib\n"
        "from tests.charts.pieces import DOTS\n"
        "from trusteval.charts.svg import page_svg\n"
        "page_svg(DOTS, name='one')\n"
        "print('matplotlib.pyplot' in sys.modules, matplotlib.get_backend(auto_select=False))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        env={name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
        | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["False", "None"]


@pytest.mark.parametrize(
    ("kind", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_files_show_all_charts(kind: str, magic: bytes) -> None:
    drawing = chart_file([*CHARTS.values()], kind=kind, heading="All of $them$", beside=2)
    assert drawing.startswith(magic)
    if kind == "svg":
        said = texts(drawing)
        assert {"All of $them$", *(chart.title for chart in CHARTS.values())} <= set(said)
        again = chart_file([*CHARTS.values()], kind=kind, heading="All of $them$", beside=2)
        assert again == drawing


def test_kind_of_file_that_is_none_is_an_error_in_a_line() -> None:
    with pytest.raises(DrawingError, match=r"cannot draw a \.odt"):
        chart_file([DOTS], kind="odt")
