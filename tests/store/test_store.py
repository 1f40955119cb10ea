"""The response store: content-addressed, crash-safe, many writers."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.errors import StoreError
from trusteval.store import AskedPrompts, ResponseStore, response_key
from trusteval.system.digests import digest
from trusteval.types import FinishReason, Message, Response, Role

CONTEXT = {"engine": "scripted", "weights": "abc"}
ASKED = (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Is it wrong?"))


def _key(name: object) -> str:
    return digest(str(name))


def _response(text: str) -> Response:
    return Response(text, FinishReason.END, n_prompt_tokens=7, n_new_tokens=1)


@pytest.fixture
def store(tmp_path: Path) -> ResponseStore:
    return ResponseStore(tmp_path / "store" / "responses.sqlite")


def test_what_was_put_comes_back_also_in_another_process_life(
    store: ResponseStore, tmp_path: Path
) -> None:
    store.put(CONTEXT, {_key(1): _response("wrong"), _key(2): _response("¬ wrong\n")})
    store.close()
    again = ResponseStore(tmp_path / "store" / "responses.sqlite")
    assert again.get([_key(2), _key(1), _key(3)]) == {
        _key(1): _response("wrong"),
        _key(2): _response("¬ wrong\n"),
    }
    assert len(again) == 2


def test_first_recording_of_a_key_stays(store: ResponseStore) -> None:
    store.put(CONTEXT, {_key(1): _response("first")})
    store.put(CONTEXT, {_key(1): _response("second")})
    assert store.get([_key(1)])[_key(1)].text == "first"


def test_get_takes_more_keys_than_a_statement_can_hold(store: ResponseStore) -> None:
    recorded = {_key(i): _response(str(i)) for i in range(2000)}
    store.put(CONTEXT, recorded)
    assert store.get(list(recorded)) == recorded


@pytest.mark.parametrize(
    ("context", "prompt", "limit"),
    [
        ("other", ASKED, 20),
        ("same", ASKED, 21),
        ("same", ASKED[1:], 20),
        ("same", (ASKED[0], Message(Role.PLAIN, "Is it wrong?")), 20),
        ("same", (Message(Role.SYSTEM, "Be brief.Is"), Message(Role.USER, " it wrong?")), 20),
    ],
    ids=["context", "token limit", "messages", "role", "boundary"],
)
def test_key_changes_with_everything_that_decides_an_answer(context, prompt, limit) -> None:
    assert response_key(context, prompt, max_new_tokens=limit) != response_key(
        "same", ASKED, max_new_tokens=20
    )


prompts = st.lists(
    st.builds(Message, role=st.sampled_from(Role), content=st.text('aé"\\\n\x00\ud7ff😀')),
    max_size=3,
).map(tuple)


@given(st.lists(prompts, max_size=5), prompts, st.integers(1, 999))
def test_prompts_hashed_together_have_the_keys_they_have_alone(asked, shared, limit) -> None:
    asked = [(*shared, *prompt) for prompt in asked]
    assert AskedPrompts.of(asked).keys("context", max_new_tokens=limit) == [
        response_key("context", prompt, max_new_tokens=limit) for prompt in asked
    ]


def test_key_of_a_response_never_changes() -> None:
    # Stores of years hang on it.
    assert (
        response_key("context", ASKED, max_new_tokens=20)
        == "9be3a17a3d1737709094c01e1f2f7fcc04a292eece9e0a0747093263cc65900c"
    )


def test_lease_is_exclusive_until_it_is_given_back(store: ResponseStore) -> None:
    rival = ResponseStore(store.path)
    with store.lease("unit") as ours:
        assert ours
        with rival.lease("unit") as theirs:
            assert not theirs
        with rival.lease("another unit") as theirs:
            assert theirs
    with rival.lease("unit") as theirs:
        assert theirs


def test_lease_is_given_back_when_the_work_fails(store: ResponseStore) -> None:
    with pytest.raises(RuntimeError, match="engine"), store.lease("unit"):
        raise RuntimeError("engine")
    with ResponseStore(store.path).lease("unit") as theirs:
        assert theirs


def test_lease_of_a_killed_process_is_free_at_once(store: ResponseStore) -> None:
    script = (
        "import sys, time; from pathlib import Path; from trusteval.store import ResponseStore\n"
        f"store = ResponseStore(Path({str(store.path)!r}))\n"
        "with store.lease('unit') as ours:\n"
        "    print(ours, flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "True"
        with store.lease("unit") as ours:
            assert not ours
        os.kill(holder.pid, signal.SIGKILL)
        # Dead, and nobody has asked for its exit status: so xdist leaves a worker that died.
        os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
        with store.lease("unit") as ours:
            assert ours
    with store.lease("unit") as ours:
        assert ours


def test_many_processes_write_one_store(store: ResponseStore) -> None:
    script = (
        "import sys; from pathlib import Path; from trusteval.store import ResponseStore\n"
        "from trusteval.system.digests import digest\n"
        "from trusteval.types import *\n"
        f"store = ResponseStore(Path({str(store.path)!r}))\n"
        "for i in range(50):\n"
        "    store.put({'engine': 'x'}, {digest([sys.argv[1], i]): "
        "Response('a', FinishReason.END, 1, 1), digest(i): "
        "Response('a', FinishReason.END, 1, 1)})\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(number)]) for number in range(4)]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    assert len(store) == 4 * 50 + 50


def test_answers_recorded_before_a_kill_are_kept(store: ResponseStore) -> None:
    script = (
        "import itertools; from pathlib import Path\n"
        "from trusteval.store import ResponseStore\n"
        "from trusteval.system.digests import digest\n"
        "from trusteval.types import *\n"
        f"store = ResponseStore(Path({str(store.path)!r}))\n"
        "for i in itertools.count():\n"
        "    store.put({'engine': 'x'}, {digest(i): Response('a' * 999, FinishReason.END, 1, 1)})\n"
        "    print(i, flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(100)][-1]
        writer.kill()
    kept = store.get([digest(i) for i in range(acknowledged + 1)])
    assert len(kept) == acknowledged + 1
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_file_that_is_no_database_is_a_store_error_and_stays_untouched(tmp_path: Path) -> None:
    path = tmp_path / "responses.sqlite"
    path.write_text("my notes, not a database, long enough to be looked at" * 50, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="cannot be opened"):
        ResponseStore(path)
    assert path.read_bytes() == before


def test_store_of_another_schema_is_refused_with_what_to_do(store: ResponseStore) -> None:
    with sqlite3.connect(store.path) as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(StoreError, match=r"schema 99.*use another --trust-store"):
        ResponseStore(store.path)


def test_lease_of_a_silent_owner_on_another_host_expires(store: ResponseStore) -> None:
    with sqlite3.connect(store.path) as connection:
        for unit, seen in (("fresh", time.time()), ("stale", time.time() - 3600)):
            connection.execute("INSERT INTO leases VALUES (?, ?, ?)", (unit, "elsewhere:1:x", seen))
    with store.lease("fresh") as ours:
        assert not ours
    with store.lease("stale") as ours:
        assert ours


def test_many_processes_open_a_new_store_at_the_same_moment(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from trusteval.store import ResponseStore\n"
        "sys.stdin.readline()\n"
        "for path in sys.argv[1:]:\n"
        "    ResponseStore(Path(path)).close()\n"
    )
    paths = [str(tmp_path / f"{number}.sqlite") for number in range(20)]
    command = [sys.executable, "-c", script, *paths]
    openers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write("go\n")
        opener.stdin.flush()
    assert [opener.communicate()[1] for opener in openers] == [""] * 4
