"""`trusteval store info|gc|check`: what is there, what may go, what is wrong."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from trusteval.cli import main
from trusteval.cli.store_lines import garbage_of
from trusteval.errors import StoreError, UsageError
from trusteval.store import ResponseStore
from trusteval.store.garbage import Collected, Garbage, collect
from trusteval.store.probabilities import get_label_logs, put_label_logs
from trusteval.system.digests import digest
from trusteval.types import FinishReason, Health, LabelLogs, Response

OLD = {"engine": "hf", "weights": "abc1" * 16, "versions": {"torch": "2.6"}}
NEW = {"engine": "hf", "weights": "abc2" * 16, "versions": {"torch": "2.7"}}
DAY = 86_400


@pytest.fixture
def store(tmp_path: Path) -> ResponseStore:
    """500 answers with probabilities and a look of each of two contexts; of OLD 40 days old."""
    store = ResponseStore(tmp_path / "responses.sqlite")
    for name, context in (("old", OLD), ("new", NEW)):
        store.put(context, {_key(name, n): _response(n) for n in range(500)})
        store.put_health(digest([name, "look"]), context, Health(20.0, 9, 0.0))
        logs = LabelLogs(("yes", "no"), (-0.25, -1.5))
        put_label_logs(store, context, {_key(name, -n): logs for n in range(500)})
    with sqlite3.connect(store.path) as connection:
        age = f"UPDATE {{}} SET recorded = recorded - {40 * DAY} WHERE context = 1"
        for table in ("responses", "health", "probabilities"):
            connection.execute(age.format(table))
    return store


def _key(name: str, number: int) -> str:
    return digest([name, number])


def _response(number: int) -> Response:
    return Response(f"answer {number} " * 20, FinishReason.END, 1, 1)


def _left(store: ResponseStore) -> dict[str, int]:
    names = ("old", "new")
    left = {n: len(store.get([_key(n, number) for number in range(500)])) for n in names}
    weighed = {n: len(get_label_logs(store, [_key(n, -k) for k in range(500)])) for n in names}
    assert weighed == left
    return left


def test_info_tells_each_context_with_its_answers_and_days(
    store: ResponseStore, capsys: pytest.CaptureFixture[str]
) -> None:
    with store.lease("unit"):
        assert main(["store", "info", f"--store={store.path}"]) == 0
    shown = capsys.readouterr().out
    assert "1,000 answers of 2 contexts" in shown
    assert "1,000 of them with how likely each label was" in shown
    assert "500" in shown
    assert "engine hf, weights abc1abc1abc1\n" in shown
    assert "is recording" in shown


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (["--older-than=30d"], {"old": 0, "new": 500}),
        (["--older-than=50d"], {"old": 500, "new": 500}),
        (["--fingerprint=abc2"], {"old": 500, "new": 0}),
        (["--fingerprint=abc"], {"old": 0, "new": 0}),
        (["--fingerprint=2.6"], {"old": 0, "new": 500}),
        (["--fingerprint=bc1"], {"old": 500, "new": 500}),
        (["--fingerprint=abc1", "--fingerprint=abc2"], {"old": 0, "new": 0}),
        (["--fingerprint=abc", "--older-than=30d"], {"old": 0, "new": 500}),
        (["--fingerprint=abc", "--keep=abc1"], {"old": 500, "new": 0}),
    ],
)
def test_what_is_named_goes_and_the_rest_stays(
    store: ResponseStore,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    left: dict[str, int],
) -> None:
    command = ["store", "gc", f"--store={store.path}", *options]
    assert main([*command, "--dry-run"]) == 0
    gone = 1000 - sum(left.values())
    assert f"{gone:,} answers, about " in capsys.readouterr().out
    assert _left(store) == {"old": 500, "new": 500}
    assert main(command) == 0
    assert f"{gone:,} answers and {gone // 500} contexts are gone" in capsys.readouterr().out
    assert _left(store) == left
    assert (store.get_health(digest(["old", "look"])) is None) is (left["old"] == 0)
    assert main(["store", "check", f"--store={store.path}"]) == 0


def test_room_is_given_back(store: ResponseStore) -> None:
    before = store.database.n_bytes
    done = collect(store, Garbage(prefixes=("abc1",)))
    assert done.responses == 500
    assert 0.4 * before < done.n_bytes < 0.6 * before
    assert store.path.stat().st_size < 0.6 * before


def test_estimate_of_a_dry_run_is_near(store: ResponseStore) -> None:
    guessed = collect(store, Garbage(prefixes=("abc1",)), dry_run=True)
    done = collect(store, Garbage(prefixes=("abc1",)))
    assert guessed == Collected(500, 1, guessed.n_bytes)
    assert guessed.n_bytes == pytest.approx(done.n_bytes, rel=0.3)


def test_writers_go_on_while_answers_are_thrown_away(store: ResponseStore) -> None:
    script = (
        "import sys; from pathlib import Path; from trusteval.store import ResponseStore\n"
        "from trusteval.system.digests import digest\n"
        "from trusteval.types import *\n"
        f"store = ResponseStore(Path({str(store.path)!r}))\n"
        "print('go', flush=True)\n"
        "for i in range(200):\n"
        "    said = {digest([sys.argv[1], i]): Response('a' * 99, FinishReason.END, 1, 1)}\n"
        "    store.put({'engine': 'x'}, said)\n"
        "    assert store.get(list(said)) == said\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(n)], stdout=subprocess.PIPE)
        for n in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    for prefix in ("abc1", "abc2", "nothing", "nothing", "nothing"):
        collect(store, Garbage(prefixes=(prefix,)))
    assert [writer.communicate()[0] for writer in writers] == [b"", b""]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert len(store) == 400
    assert main(["store", "check", f"--store={store.path}"]) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "say what may go: --older-than 30d, --fingerprint PREFIX, or both"),
        (["--keep=abc"], "say what may go"),
        (["--older-than=soon"], "hours, days or weeks (30d), got 'soon'"),
        (
            ["--fingerprint="],
            "--fingerprint is the beginning of a fingerprint or value, got nothing",
        ),
    ],
)
def test_mistake_is_one_line_and_nothing_goes(
    store: ResponseStore, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert main(["store", "gc", f"--store={store.path}", *options]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert len(store) == 1000


@pytest.mark.parametrize(
    ("age", "seconds"), [("12h", 12 * 3600), ("30d", 30 * DAY), ("2w", 14 * DAY)]
)
def test_ages_are_hours_days_and_weeks(age: str, seconds: int) -> None:
    garbage = garbage_of(older_than=age, fingerprints=[], keep=[], now=10 * 365 * DAY)
    assert garbage == Garbage(before=10 * 365 * DAY - seconds)


@pytest.mark.parametrize("action", ["info", "check", "gc", "export"])
def test_store_that_is_not_there_is_not_made(
    tmp_path: Path, action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"gc": ["--older-than=1d"], "export": [str(tmp_path / "all.jsonl")]}.get(action, [])
    path = tmp_path / "nowhere.sqlite"
    assert main(["store", action, f"--store={path}", *options]) == 2
    assert f"no response store at {path}; name the file with --store" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE responses SET text = 'edited' WHERE text LIKE 'answer 7 %'", "not as it was"),
        ("UPDATE contexts SET description = '{}' WHERE number = 1", "its description is not"),
        ("UPDATE contexts SET description = '{' WHERE number = 1", "its description is not"),
        ("DELETE FROM contexts WHERE number = 2", "nothing says what it was recorded with"),
        ("UPDATE health SET found = 'well'", "look 3e720f70e08a: not as it was recorded"),
        ("UPDATE health SET found = replace(found, '20.0', '21.0')", "not as it was recorded"),
        ("UPDATE health SET context = 2", "not as it was recorded"),
        ("UPDATE probabilities SET found = replace(found, '0.25', '0.2')", "not as it was"),
        ("UPDATE probabilities SET recorded = -1", "recorded at no time"),
    ],
)
def test_check_finds_what_no_page_shows(
    store: ResponseStore, capsys: pytest.CaptureFixture[str], statement: str, said: str
) -> None:
    assert main(["store", "check", f"--store={store.path}"]) == 0
    assert "1,000 answers, all as they were recorded" in capsys.readouterr().out
    with sqlite3.connect(store.path) as connection:
        connection.execute(statement)
    assert main(["store", "check", f"--store={store.path}"]) == 1
    shown = capsys.readouterr().out
    assert said in shown
    assert "move the file away, and import FILE" in shown


def test_file_that_cannot_even_be_opened_is_what_check_is_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "responses.sqlite"
    path.write_bytes(b"x" * 8192)
    assert main(["store", "check", f"--store={path}"]) == 1
    assert f"response store {path} cannot be opened: " in capsys.readouterr().out


def test_answers_go_beside_a_reader_that_sees_them_on(store: ResponseStore) -> None:
    with sqlite3.connect(store.path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM responses").fetchone()
        done = collect(store, Garbage(prefixes=("abc1",)))
        assert reader.execute("SELECT count(*) FROM responses").fetchone() == (1000,)
    assert (done.responses, done.kept_room) == (500, "")
    assert len(store) == 500


def test_unknown_age_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="got '30'"):
        garbage_of(older_than="30", fingerprints=[], keep=[])


def test_store_whose_tables_are_described_in_no_text_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "responses.sqlite"
    ResponseStore(path).close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    raw = path.read_bytes()
    assert b"CREATE TABLE contexts" in raw
    path.write_bytes(raw.replace(b"CREATE TABLE contexts", b"CREATE T\xc8BLE contexts"))
    with pytest.raises(StoreError, match="is damaged"):
        ResponseStore(path)
