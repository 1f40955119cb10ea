"""The history of runs: appended whole, read past damage, told and drawn per subject."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.drawings import texts
from tests.history_lines import record
from trusteval.cli import main
from trusteval.errors import TrackingError
from trusteval.tracking.history import append_run, read_history


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "reports" / "history.jsonl"
    append_run(path, record(1))
    append_run(path, record(2, 40.0, weights="w2"))
    append_run(path, record(3, None, verdict="INCONCLUSIVE"))
    append_run(path, record(4, 60.0, subject="dense", benchmark="mmlu", dimension="knowledge"))
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[str]:
    assert main(["history", *map(str, arguments)]) == 0
    return capsys.readouterr().out.splitlines()


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["history", *map(str, arguments)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_trend_of_a_subject_is_told_run_by_run(path: Path, capsys) -> None:
    assert told(capsys, path, "--subject=gptq-4") == [
        "gptq-4 on ethics (mine, quick, strict): █▁ ",
        "  2026-01-01 10:00  0101010101   50.0 (45.0 to 55.0)  n=100  PASS",
        "  2026-01-02 10:00  0202020202   40.0 (35.0 to 45.0)  n=100  PASS  other weights",
        "  2026-01-03 10:00  0303030303  undefined  INCONCLUSIVE  other weights",
    ]


def test_last_runs_and_one_dimension_are_chosen(path: Path, capsys) -> None:
    assert len(told(capsys, path, "--subject=gptq-4", "--last=1")) == 2
    assert told(capsys, path, "--benchmark=knowledge")[0].startswith("dense on mmlu")
    assert told(capsys, path, "--benchmark=mmlu")[0].startswith("dense on mmlu")


def asked(day: int, value: float = 50.0, **facts: Any) -> dict[str, Any]:
    """Return a run that says all of how it was asked, but for what is given as None."""
    run = record(day, value)
    known = {"prompts": {"sha256": "a" * 64}, "data": "local files", "sampling_seed": 7}
    return {**run, "facts": {**run["facts"], **known, "reader": 2, **facts}}


CHANGES = {
    "prompts": ({"prompts": {"sha256": "b" * 64}}, "prompts aaaaaaaaaaaa, now bbbbbbbbbbbb"),
    "data": ({"data": "Hugging Face hub"}, "data local files, now Hugging Face hub"),
    "seed": ({"sampling_seed": 8}, "sampling seed 7, now 8"),
    "all rows": ({"sampling_seed": None}, "sampling seed 7, now none"),
    "reader": ({"reader": 3}, "reader 2, now 3"),
    "two": (
        {"reader": 3, "prompts": {"sha256": "c"}},
        "prompts aaaaaaaaaaaa, now c; reader 2, now 3",
    ),
}


@pytest.mark.parametrize(("facts", "said"), CHANGES.values(), ids=CHANGES)
def test_what_was_asked_otherwise_is_another_trend_that_says_what_changed(
    tmp_path: Path, capsys, facts: dict[str, Any], said: str
) -> None:
    path = tmp_path / "history.jsonl"
    for run in (asked(1, 40.0), asked(2, 90.0, **facts), asked(3, 60.0)):
        append_run(path, run)
    lines = told(capsys, path)
    assert [lines[0], *lines[3:5]] == [
        "gptq-4 on ethics (mine, quick, strict): ▁█",
        "gptq-4 on ethics (mine, quick, strict): ▁",
        f"  another trend, asked otherwise: {said}",
    ]
    assert [line.split()[2] for line in (*lines[1:3], lines[5])] == ["01" * 5, "03" * 5, "02" * 5]


def test_other_rows_of_the_same_origin_are_another_trend(tmp_path: Path, capsys) -> None:
    path = tmp_path / "history.jsonl"
    for day, rows in ((1, "d" * 64), (2, "e" * 64)):
        run = asked(day)
        append_run(path, {**run, "scores": [{**run["scores"][0], "data": rows}]})
    assert "asked otherwise: data rows dddddddddddd, now rows eeeeeeeeeeee" in told(capsys, path)[3]


def test_what_an_old_line_does_not_say_is_unknown_and_another_trend(path: Path, capsys) -> None:
    append_run(path, asked(5))
    lines = told(capsys, path, "--subject=gptq-4")
    assert [line for line in lines if "trend" in line] == [
        "  another trend, asked otherwise: prompts unknown, now aaaaaaaaaaaa; data unknown, now "
        "local files; sampling seed unknown, now 7; reader unknown, now 2"
    ]


def test_weights_that_are_not_known_are_not_called_others(path: Path, capsys) -> None:
    append_run(path, record(5, weights=None))
    append_run(path, record(6))
    assert [line.endswith("other weights") for line in told(capsys, path, "--subject=gptq-4")] == [
        *(False, False, True, True),
        *(False, False),
    ]


def test_bars_reach_from_the_least_to_the_most(path: Path, capsys) -> None:
    for day, value in enumerate((45.0, 50.0), start=5):
        append_run(path, record(day, value))
    assert told(capsys, path, "--subject=gptq-4")[0].endswith(": █▁ ▅█")


def test_runs_that_asked_otherwise_are_trends_of_their_own(path: Path, capsys) -> None:
    other = record(5)
    other["facts"] = {**other["facts"], "profile": "full"}
    append_run(path, other)
    trends = [line for line in told(capsys, path, "--subject=gptq-4") if line[0] != " "]
    assert [line.partition(":")[0] for line in trends] == [
        "gptq-4 on ethics (mine, full, strict)",
        "gptq-4 on ethics (mine, quick, strict)",
    ]


def test_mistakes_are_one_line_and_exit_2(path: Path, capsys, tmp_path: Path) -> None:
    assert "no history at" in refusal(capsys, tmp_path / "none.jsonl")
    assert "Is a directory" in refusal(capsys, tmp_path)
    (tmp_path / "empty.jsonl").touch()
    assert "the history holds no score that can be read" in refusal(
        capsys, tmp_path / "empty.jsonl"
    )
    assert "--last is a number of runs from 1 on, got 0" in refusal(capsys, path, "--last=0")
    assert "nothing is recorded of that; there is gptq-4, dense on ethics, mmlu" in refusal(
        capsys, path, "--subject=awq-4"
    )


# -- damage --------------------------------------------------------------------------------


def test_torn_line_is_closed_left_out_and_counted(path: Path, capsys) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    append_run(path, record(5))
    points, unreadable = read_history(path)
    assert ([p.started.day for p in points], unreadable) == ([1, 2, 3, 5], 1)
    assert told(capsys, path)[-1] == f"left out: 1 lines of {path} that cannot be read"


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[]",
        "null",
        "7",
        '"text"',
        "not json",
        '{"schema": 1}',
        json.dumps({**record(9), "schema": 2}),
        json.dumps({**record(9), "schema": 1, "facts": []}),
        json.dumps({**record(9), "schema": 1, "scores": [{}]}),
        json.dumps({**record(9), "schema": 1, "started": "yesterday"}),
    ],
)
def test_line_that_is_no_record_of_this_version_is_left_out(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n\n")
    points, unreadable = read_history(path)
    assert (len(points), unreadable) == (4, 1)


HOSTILE = (
    *(None, True, -1, 1.5, 10**400, 1e308, float("nan"), float("inf"), "", "x", "\x1b[31mred"),
    *("two\nlines", "\ud800", "$\\frac{$", "_hidden", "[/x]", [], [[]], {}, {"low": None}),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01"),
)


def _places(value: Any, *before: str | int) -> list[tuple[str | int, ...]]:
    """Return the way to every value within one."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    return [
        way
        for key, inner in inside
        for way in [
            (*before, key),
            *(_places(inner, *before, key) if isinstance(inner, dict | list) else ()),
        ]
    ]


@pytest.mark.parametrize("place", _places(record(9)), ids=lambda way: ".".join(map(str, way)))
def test_value_of_any_kind_in_any_place_is_told_in_lines_or_left_out(
    path: Path, capsys: pytest.CaptureFixture[str], place: tuple[str | int, ...]
) -> None:
    whole = path.read_text(encoding="utf-8")
    for hostile in HOSTILE:
        run: dict[str, Any] = {"schema": 1, **record(9)}
        inner: Any = run
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = hostile
        path.write_text(whole + json.dumps(run) + "\n", encoding="utf-8")
        assert main(["history", str(path)]) == 0
        said = capsys.readouterr().out
        assert all(line.isprintable() for line in said.splitlines())
        assert said.count("\n") == len(said.splitlines())


def test_line_nested_beyond_all_bounds_is_left_out(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("[" * 200_000 + "\n")
    assert read_history(path)[1] == 1


def test_name_with_unusual_line_breaks_keeps_its_line(path: Path) -> None:
    odd = record(5)
    odd["facts"] = {**odd["facts"], "model": "mine\u2028two\x85three"}
    append_run(path, odd)
    points, unreadable = read_history(path)
    assert (points[-1].model, unreadable) == ("mine\u2028two\x85three", 0)


# -- runs that repeat the one before ---------------------------------------------------------


def test_run_that_repeats_the_last_one_of_its_kind_adds_no_line(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    run, other = record(1), record(1)
    other["facts"] = {**other["facts"], "model": "/models/other"}
    again = {**run, "started": "2026-01-05T10:00:00Z"}
    assert [append_run(path, one) for one in (run, other, again, other)] == [
        *(True, True, False, False)
    ]
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


def test_run_that_differs_in_anything_but_its_time_adds_a_line(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    run = record(1)
    changed = [
        {**run, "commit": "c" * 40},
        {**run, "versions": {"torch": "2"}},
        {**run, "facts": {**run["facts"], "gates": {"sha256": "g"}}},
        {**run, "facts": {**run["facts"], "reader": 3}},
        record(1, weights="w2"),
        record(1, verdict="FAIL"),
        record(1, 50.1),
    ]
    assert all(append_run(path, one) for one in (run, *changed, run))


def test_run_is_added_after_lines_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(b"\xff\xfe\n[]\nnull\n" + b"[" * 100_000 + b'\n{"facts": []}\n{"schema"')
    assert (append_run(path, record(1)), append_run(path, record(1))) == (True, False)


def test_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for place in (tmp_path / "file" / "history.jsonl", tmp_path):
        with pytest.raises(TrackingError, match="cannot write"):
            append_run(place, record(1))
    with pytest.raises(TrackingError, match="a pipe or device"):
        append_run(Path("/dev/full"), record(1))


def test_writers_side_by_side_keep_their_lines_whole(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    script = (
        "import sys; from pathlib import Path\n"
        "from trusteval.tracking.history import append_run\n"
        "for i in range(100):\n"
        "    append_run(Path(sys.argv[1]), {'who': sys.argv[2], 'i': i, 'fill': 'x' * 20_000})\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(path), str(who)]) for who in range(3)
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    assert sorted((line["who"], line["i"]) for line in lines) == [
        (str(who), i) for who in range(3) for i in range(100)
    ]


# -- plots ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("ending", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_plot_is_drawn_with_gaps_where_scores_are_undefined(
    path: Path, capsys, tmp_path: Path, ending: str, magic: bytes
) -> None:
    out = tmp_path / f"trend.{ending}"
    told(capsys, path, f"--plot={out}")
    assert out.read_bytes().startswith(magic)


def test_plot_has_a_panel_for_what_was_asked_otherwise(tmp_path: Path, capsys) -> None:
    path, out = tmp_path / "history.jsonl", tmp_path / "trend.svg"
    append_run(path, asked(1))
    told(capsys, path, f"--plot={out}")
    alone = texts(out.read_text(encoding="utf-8"))
    append_run(path, asked(2, prompts={"sha256": "b" * 64}))
    told(capsys, path, f"--plot={out}")
    both = texts(out.read_text(encoding="utf-8"))
    unit = "score, points, 90 % interval"
    assert [lines.count(unit) for lines in (alone, both)] == [1, 2]
    assert "ethics (mine, quick, strict)" in both
    changed = "ethics (mine, quick, strict); prompts aaaaaaaaaaaa, now bbbbbbbbbbbb"
    assert changed in " ".join(both)


def test_names_that_matplotlib_would_act_on_are_drawn_as_they_are(
    path: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for day, name in enumerate(("$\\frac{$", "_hidden", "\x1b[31m\ud800", "模型"), start=5):
        run = record(day, subject=name, benchmark=name)
        append_run(path, {**run, "facts": {**run["facts"], "model": name}})
    out = tmp_path / "trend.svg"
    told(capsys, path, f"--plot={out}")
    assert out.read_bytes().startswith(b"<?xml")


def test_plot_that_cannot_be_drawn_is_one_line(path: Path, capsys, tmp_path: Path) -> None:
    assert "cannot draw" in refusal(capsys, path, f"--plot={tmp_path / 'trend.odt'}")
    assert "cannot draw" in refusal(capsys, path, f"--plot={tmp_path / 'none' / 'trend.png'}")


def test_plot_without_matplotlib_says_what_to_install(path: Path, tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from trusteval.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, "history", str(path), f"--plot={tmp_path / 'x.png'}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert "pictures need matplotlib" in ran.stderr
    assert "pip install matplotlib" in ran.stderr
