"""What leaves a store as a file comes back the same; a malformed file brings nothing."""

from __future__ import annotations

import json
import math
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trusteval.cli import main
from trusteval.errors import DataError, UsageError
from trusteval.store import ResponseStore
from trusteval.store.exporting import export_store
from trusteval.store.importing import Imported, import_file
from trusteval.store.probabilities import count_label_logs, put_label_logs
from trusteval.system.digests import digest
from trusteval.types import FinishReason, Health, LabelLogs, Response

SUFFIXES = (".jsonl", ".parquet")
CONTEXT = {"engine": "hf", "weights": "a" * 64, "versions": {"torch": "2.6"}}
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
responses = st.builds(
    Response,
    text=texts,
    finish_reason=st.sampled_from(FinishReason),
    n_prompt_tokens=st.integers(0, 1 << 40),
    n_new_tokens=st.integers(0, 99),
)
contexts = st.dictionaries(texts, texts | st.integers() | st.dictionaries(texts, texts), max_size=3)
healths = st.builds(
    Health,
    perplexity=st.floats(min_value=0) | st.just(math.nan),
    vocabulary_size=st.integers(0, 1 << 20),
    shortfall=st.floats(0, 1),
)
logs = st.dictionaries(texts, st.floats(-1e9, 0), min_size=1, max_size=3).map(
    lambda told: LabelLogs(tuple(told), tuple(told.values()))
) | st.just(LabelLogs(("yes", "no"), (-0.5, None), unknown="not told"))
recorded = st.lists(
    st.tuples(
        contexts,
        st.lists(responses, max_size=4),
        st.none() | healths,
        st.lists(logs, max_size=3),
    ),
    max_size=4,
)

Recorded = list[tuple[dict[str, Any], list[Response], Health | None, list[LabelLogs]]]


def fill(store: ResponseStore, stocks: Recorded) -> None:
    for place, (context, said, health, told) in enumerate(stocks):
        named = {**context, "place": place}
        store.put(named, {digest([place, n]): response for n, response in enumerate(said)})
        if health is not None:
            store.put_health(digest(["look", place]), named, health)
        put_label_logs(
            store, named, {digest(["logs", place, n]): one for n, one in enumerate(told)}
        )


def content(path: Path) -> list[list[tuple[Any, ...]]]:
    """Everything a store holds, whatever numbers its contexts have."""
    with sqlite3.connect(path) as connection:
        return [
            sorted(connection.execute(statement).fetchall(), key=repr)
            for statement in (
                "SELECT digest, description FROM contexts",
                "SELECT key, digest, text, finish_reason, n_prompt_tokens, n_new_tokens, recorded "
                "FROM responses JOIN contexts ON number = context",
                "SELECT key, digest, found, recorded FROM health JOIN contexts ON number = context",
                "SELECT key, digest, found, recorded FROM probabilities "
                "JOIN contexts ON number = context",
            )
        ]


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=40, deadline=None)
@given(stocks=recorded, others=recorded)
def test_what_is_exported_is_imported_the_same(
    suffix: str, stocks: Recorded, others: Recorded
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, other = (ResponseStore(Path(folder) / f"{n}.sqlite") for n in (1, 2))
        fill(one, stocks)
        exported = export_store(one, Path(folder) / f"all{suffix}")
        assert exported.responses == len(one) == sum(len(said) for _, said, _, _ in stocks)
        assert exported.probabilities == count_label_logs(one) == sum(len(t) for *_, t in stocks)
        done = import_file(other, Path(folder) / f"all{suffix}")
        assert done == Imported(len(one), added=len(one), conflicting=0)
        assert content(other.path) == content(one.path)
        # Again changes nothing, and what another store had stays.
        assert import_file(one, Path(folder) / f"all{suffix}").added == 0
        assert content(other.path) == content(one.path)
        third = ResponseStore(Path(folder) / "3.sqlite")
        fill(third, others)
        before = third.get([digest([p, n]) for p in range(4) for n in range(4)])
        import_file(third, Path(folder) / f"all{suffix}")
        assert third.get(list(before)) == before


def store_of(path: Path, *said: str) -> ResponseStore:
    store = ResponseStore(path)
    answers = {
        digest(n): Response(text, FinishReason.END, n, n) for n, text in enumerate(said, start=1)
    }
    store.put(CONTEXT, answers)
    return store


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_conflicting_answer_is_counted_and_the_one_that_is_there_stays(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    export_store(store_of(tmp_path / "1.sqlite", "yes", "no", "so"), tmp_path / f"all{suffix}")
    there = store_of(tmp_path / "2.sqlite", "yes", "NO")
    code = main(["store", "import", str(tmp_path / f"all{suffix}"), f"--store={there.path}"])
    assert code == 1
    assert there.get([digest(2)])[digest(2)].text == "NO"
    shown = capsys.readouterr().out
    assert "1 of 3 answers added" in shown
    assert "1 of those differ from the imported ones and stay" in shown


def without_context(lines: list[str]) -> list[str]:
    return lines[1:]


def cut_off(lines: list[str]) -> list[str]:
    return lines[:-1]


def half_a_line(lines: list[str]) -> list[str]:
    return [*lines[:3], lines[3][:40]]


def twice(lines: list[str]) -> list[str]:
    return [*lines[:3], lines[2], json.dumps({"kind": "end", "entries": 4})]


def changed(number: int, **fields: object) -> Callable[[list[str]], list[str]]:
    def change(lines: list[str]) -> list[str]:
        line = json.dumps({**json.loads(lines[number - 1]), **fields})
        return [*lines[: number - 1], line, *lines[number:]]

    return change


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (without_context, r"all\.jsonl: nothing describes the context [0-9a-f]{64} before it"),
        (cut_off, r"all\.jsonl ends after 4 entries without its last line: it is cut off"),
        (half_a_line, r"all\.jsonl, line 4: not valid JSON"),
        (twice, r"all\.jsonl: expected every key once, got 1 again"),
        (changed(1, description={"x": 1}), r"line 1: expected the digest of the description, got"),
        (
            changed(2, kind="riddle"),
            r"a kind of context, answer, look, cost, probabilities, end, got",
        ),
        (changed(3, key="abc"), r"line 3: expected 64 hexadecimal digits under 'key', got 'abc'"),
        (changed(3, key=digest(1).upper()), r"line 3: expected 64 hexadecimal digits under 'key'"),
        (changed(3, text=7), r"line 3: expected a text under 'text', got 7"),
        (changed(3, text="\ud800"), r"line 3: expected a text under 'text'"),
        (changed(3, finish_reason="tired"), r"line 3: expected one of end, length under"),
        (changed(3, n_new_tokens=-1), r"line 3: expected a count under 'n_new_tokens', got -1"),
        (changed(3, n_new_tokens=True), r"line 3: expected a count under 'n_new_tokens'"),
        (changed(3, recorded=None), r"line 3: expected a count under 'recorded', got None"),
        (changed(5, entries=9), r"line 5: expected 9 entries before, got 4"),
    ],
)
def test_malformed_line_is_named_and_nothing_is_imported(
    tmp_path: Path, damage: Callable[[list[str]], list[str]], said: str
) -> None:
    path = tmp_path / "all.jsonl"
    export_store(store_of(tmp_path / "1.sqlite", "yes", "no", "so"), path)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(damage(lines)) + "\n", encoding="utf-8")
    there = store_of(tmp_path / "2.sqlite", "NO")
    before = content(there.path)
    with pytest.raises(DataError, match=said) as raised:
        import_file(there, path)
    assert "\n" not in str(raised.value)
    assert content(there.path) == before


def test_malformed_row_of_a_table_is_named_and_nothing_is_imported(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    path = tmp_path / "all.parquet"
    export_store(store_of(tmp_path / "1.sqlite", "yes", "no", "so"), path)
    table = parquet.read_table(path)
    reasons = pyarrow.array(["end", "tired", "end"])
    changed = table.set_column(
        table.schema.get_field_index("finish_reason"), "finish_reason", reasons
    )
    parquet.write_table(changed.replace_schema_metadata(table.schema.metadata), path)
    there = ResponseStore(tmp_path / "2.sqlite")
    with pytest.raises(DataError, match=r"all\.parquet, row 2: expected one of end, length under"):
        import_file(there, path)
    assert len(there) == 0
    for damaged in (b"no table", path.read_bytes()[:-50]):
        path.write_bytes(damaged)
        with pytest.raises(
            DataError, match=r"all\.parquet is no Parquet file of a store: "
        ) as raised:
            import_file(there, path)
        assert "\n" not in str(raised.value)
    parquet.write_table(pyarrow.table({"x": [1]}), path)
    with pytest.raises(DataError, match=r"metadata trusteval\.contexts: expected JSON"):
        import_file(there, path)


def test_export_that_fails_leaves_the_older_file_and_nothing_else(tmp_path: Path) -> None:
    store = store_of(tmp_path / "1.sqlite", "yes", "no")
    out = tmp_path / "out" / "all.jsonl"
    out.parent.mkdir()
    out.write_text("older\n", encoding="utf-8")
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE responses SET text = 'edited' WHERE text = 'no'")
    assert main(["store", "export", str(out), f"--store={store.path}"]) == 2
    assert [path.name for path in out.parent.iterdir()] == ["all.jsonl"]
    assert out.read_text(encoding="utf-8") == "older\n"
    assert main(["store", "export", str(out), "--salvage", f"--store={store.path}"]) == 0
    there = ResponseStore(tmp_path / "2.sqlite")
    assert import_file(there, out) == Imported(1, added=1, conflicting=0)


@pytest.mark.parametrize("name", ["all.csv", "all"])
def test_file_of_another_kind_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    store = store_of(tmp_path / "1.sqlite", "yes")
    with pytest.raises(UsageError, match=r"its name has to end in \.jsonl, \.parquet"):
        export_store(store, tmp_path / name)
    with pytest.raises(UsageError, match=r"its name has to end in \.jsonl, \.parquet"):
        import_file(store, tmp_path / name)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_places_that_are_not_there_are_named(tmp_path: Path, suffix: str) -> None:
    store = store_of(tmp_path / "1.sqlite", "yes")
    with pytest.raises(UsageError, match=r"cannot write .*nowhere/all"):
        export_store(store, tmp_path / "nowhere" / f"all{suffix}")
    with pytest.raises(UsageError, match=r"cannot read .*nowhere/all"):
        import_file(store, tmp_path / "nowhere" / f"all{suffix}")


@pytest.mark.parametrize(
    "found",
    [
        None,
        {"labels": ["yes"], "log": [0.5], "unknown": ""},
        {"labels": ["yes"], "log": [-1, -2], "unknown": ""},
        {"labels": ["yes", "yes"], "log": [-1, -2], "unknown": ""},
        {"labels": ["yes"], "log": [None], "unknown": ""},
        {"labels": ["yes"], "log": [True], "unknown": ""},
        {"labels": ["yes"], "log": [-1], "unknown": "", "more": 1},
    ],
)
def test_malformed_probabilities_are_named_and_nothing_is_imported(
    tmp_path: Path, found: object
) -> None:
    path = tmp_path / "all.jsonl"
    store = store_of(tmp_path / "1.sqlite", "yes")
    put_label_logs(store, CONTEXT, {digest("logs"): LabelLogs(("yes",), (-1.0,))})
    export_store(store, path)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(changed(2, found=found)(lines)) + "\n", encoding="utf-8")
    there = ResponseStore(tmp_path / "2.sqlite")
    with pytest.raises(DataError, match=r"line 2: expected log-probabilities of labels under"):
        import_file(there, path)
    assert (len(there), count_label_logs(there)) == (0, 0)


def test_table_without_probabilities_as_earlier_versions_wrote_it_is_read(tmp_path: Path) -> None:
    from pyarrow import parquet

    path = tmp_path / "all.parquet"
    export_store(store_of(tmp_path / "1.sqlite", "yes", "no"), path)
    parquet.write_table(parquet.read_table(path).drop_columns(["found"]), path)
    done = import_file(ResponseStore(tmp_path / "2.sqlite"), path)
    assert done == Imported(2, added=2, conflicting=0)
