"""Whatever an engine hands over, a store refuses it whole or gives back the same."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from trusteval.errors import StoreError
from trusteval.store import ResponseStore
from trusteval.store.checkup import complaints
from trusteval.store.probabilities import get_label_logs, put_label_logs
from trusteval.system.as_declared import LONGEST_TEXT, context_as_declared, response_as_declared
from trusteval.system.digests import canonical_json, digest
from trusteval.types import FinishReason, Health, LabelLogs, Response

CONTEXT = {"engine": "hostile"}
ONE_STORE = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Odd(IntEnum):
    SEVEN = 7


class Words(str):
    """A text of a type of its own."""

    __slots__ = ()


class Lookalike(NamedTuple):
    text: str = "yes"
    finish_reason: FinishReason = FinishReason.END
    n_prompt_tokens: int = 1
    n_new_tokens: int = 1


anything: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**30, -1, 1 << 62, (1 << 62) - 1, 1 << 63, 1 << 4000, Odd.SEVEN]),
    st.sampled_from([np.int64(5), np.bool_(True), np.float32(2), b"yes", object()]),
    st.floats(),
    st.text(st.characters(), max_size=5),  # halves of characters and NUL too
    st.sampled_from([Words("yes"), "\x00", "a\x00b", "\ud83d", "end", FinishReason.LENGTH]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
counts = st.integers(0, 99) | anything
said = st.builds(
    Response,
    text=st.text(max_size=5) | anything,
    finish_reason=st.sampled_from(FinishReason) | anything,
    n_prompt_tokens=counts,
    n_new_tokens=counts,
)
looks = st.builds(
    Health,
    perplexity=st.floats() | anything,
    vocabulary_size=counts,
    shortfall=st.floats() | anything,
)
label_logs = st.builds(
    LabelLogs,
    labels=st.lists(st.text(max_size=2), max_size=3).map(tuple) | anything,
    log=st.lists(st.floats(-99, 1) | anything, max_size=3).map(tuple) | anything,
    unknown=st.sampled_from(["", "not told"]) | anything,
) | st.just(LabelLogs(("yes", "no"), (-0.12345678, None), "not told"))
contexts: st.SearchStrategy[Any] = st.recursive(
    anything,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.text(max_size=2) | st.integers() | st.booleans(), inner, max_size=2)
    ),
    max_leaves=4,
) | st.dictionaries(st.text(max_size=2), anything, max_size=2)


@pytest.fixture
def store(tmp_path: Path) -> ResponseStore:
    return ResponseStore(tmp_path / "responses.sqlite")


def content(store: ResponseStore) -> list[list[Any]]:
    with sqlite3.connect(store.path) as connection:
        tables = ("contexts", "responses", "health", "probabilities")
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]


def is_refused(store: ResponseStore, put: Callable[[], None]) -> bool:
    """Whether the store refuses what is put, in one line and with nothing changed."""
    before = content(store)
    try:
        put()
    except StoreError as error:
        told = str(error)
    else:
        return False
    assert len(told.splitlines()) == 1
    assert "nothing recorded: expected " in told
    assert content(store) == before
    return True


@ONE_STORE
@given(said | anything | st.builds(Lookalike))
@example(Response("yes", FinishReason.END, True, 1))
@example(Response("yes", FinishReason.END, 1, 10**30))
@example(Response("\ud83d", FinishReason.END, 1, 1))
@example(Response("a\x00b", FinishReason.END, 1, 1))
@example(Response(None, FinishReason.END, 1, 1))  # type: ignore[arg-type]
@example(Response("yes", "end", 1, 1))  # type: ignore[arg-type]
def test_response_is_refused_whole_or_comes_back_the_same(
    store: ResponseStore, response: Any
) -> None:
    good, key = digest(["good", len(store)]), digest(len(store))
    both = {good: Response("fine", FinishReason.END, 1, 1), key: response}
    if is_refused(store, lambda: store.put(CONTEXT, both)):
        return
    found = store.get([key])[key]
    assert found == response
    assert [type(found.text), type(found.n_prompt_tokens), type(found.n_new_tokens)] == [
        *(str, int, int)
    ]
    assert isinstance(found.finish_reason, FinishReason)
    assert complaints(store) == []


@ONE_STORE
@given(label_logs | anything)
@example(LabelLogs(("a",), (-math.inf,)))
@example(LabelLogs(("a",), (True,)))
@example(LabelLogs(("a", "a"), (-1.0, -1.0)))
@example(LabelLogs("a", (-1.0,)))  # type: ignore[arg-type]
def test_log_probabilities_are_refused_whole_or_come_back_in_6_digits(
    store: ResponseStore, told: Any
) -> None:
    key = digest(["logs", len(content(store)[3])])
    if is_refused(store, lambda: put_label_logs(store, CONTEXT, {key: told})):
        return
    found = get_label_logs(store, [key])[key]
    assert (found.labels, found.unknown) == (tuple(told.labels), told.unknown)
    known = [value for value in told.log if value is not None]
    assert [value for value in found.log if value is not None] == pytest.approx(known, abs=1e-3)
    assert all(type(value) is float and value <= 0 for value in found.log if value is not None)
    assert complaints(store) == []


@ONE_STORE
@given(looks | anything)
@example(Health(math.nan, 9, 0.0))
@example(Health(math.inf, 9, 1.0))
@example(Health(20.0, 9, math.nan))
@example(Health(True, 9, 0.0))
def test_look_is_refused_whole_or_comes_back_the_same(store: ResponseStore, look: Any) -> None:
    key = digest(len(content(store)[2]))
    if is_refused(store, lambda: store.put_health(key, CONTEXT, look)):
        return
    found = store.get_health(key)
    assert found is not None
    assert canonical_json([found.perplexity, found.vocabulary_size, found.shortfall]) == (
        canonical_json([float(look.perplexity), int(look.vocabulary_size), float(look.shortfall)])
    )
    assert 0 <= found.shortfall <= 1
    assert complaints(store) == []


@ONE_STORE
@given(contexts)
@example({"limit": math.nan})
@example({"limit": math.inf})
@example({1: "a", "1": "b"})
@example({"a": {True: 1}})
@example({"a": "\ud83d"})
@example({"a": {1, 2}})
def test_context_is_refused_whole_or_found_again(store: ResponseStore, context: Any) -> None:
    one = {digest(len(store)): Response("fine", FinishReason.END, 1, 1)}
    if is_refused(store, lambda: store.put(context, one)):
        return
    assert canonical_json(context) == canonical_json(context_as_declared(context))
    assert complaints(store) == []


def test_number_of_more_digits_than_python_writes_is_refused(store: ResponseStore) -> None:
    huge = Response("yes", FinishReason.END, 10**5000, 1)
    assert is_refused(store, lambda: store.put(CONTEXT, {digest("huge"): huge}))
    assert is_refused(store, lambda: store.put({"a": 10**5000}, {}))


def test_context_nested_beyond_all_use_is_refused(store: ResponseStore) -> None:
    nested: Any = "deep"
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(StoreError, match="expected a description"):
        store.put({"a": nested}, {})
    assert not any(content(store))


@pytest.mark.parametrize("key", ["", "ab", "A" * 64, " " + "a" * 64, "g" * 64, 5, None, b"a" * 64])
def test_key_that_is_no_digest_is_refused(store: ResponseStore, key: Any) -> None:
    with pytest.raises(StoreError, match="expected a key of 64 hexadecimal digits"):
        store.put(CONTEXT, {key: Response("fine", FinishReason.END, 1, 1)})
    assert len(store) == 0


def test_text_longer_than_any_answer_is_refused(store: ResponseStore) -> None:
    text = "x" * (LONGEST_TEXT + 1)
    with pytest.raises(StoreError, match=r"at most 16,777,216 characters, got 16,777,217"):
        store.put(CONTEXT, {digest("long"): Response(text, FinishReason.END, 1, 1)})
    assert len(store) == 0


def test_numbers_and_texts_of_other_libraries_become_pythons() -> None:
    odd = Response(Words("yes"), "length", np.int64(5), Odd.SEVEN)  # type: ignore[arg-type]
    made = response_as_declared(odd)
    assert made == Response("yes", FinishReason.LENGTH, 5, 7)
    assert [type(value) for value in (made.text, made.n_prompt_tokens, made.n_new_tokens)] == [
        *(str, int, int)
    ]
