"""A store's file, whatever is in it, and the files that stores are exchanged by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.fuzzing.edge import command, strictly
from bench.fuzzing.trial import Files, Form, Target
from trusteval.store import ResponseStore
from trusteval.store.exporting import export_store
from trusteval.system.digests import digest
from trusteval.types import FinishReason, Health, Response

_CONTEXT = {"engine": "hf", "weights": "a" * 64, "versions": {"torch": "2.6"}, "variant": "gptq-4"}
_OTHER = {**_CONTEXT, "weights": "b" * 64, "dtype": "float32"}
_KEYS = [digest(number) for number in range(40)]
_LOOK = digest("look")


def _filled(path: Path) -> Path:
    store = ResponseStore(path)
    said = {
        key: Response(f"answer {number} " * 5, FinishReason.END, 10, number)
        for number, key in enumerate(_KEYS)
    }
    for part in range(2):
        some = {key: said[key] for key in _KEYS[part::2]}
        store.put({**_CONTEXT, "dtype": f"float{part}"}, some)
    store.put_health(_LOOK, _CONTEXT, Health(3.5, 1000, 0.1))
    store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.database.execute("PRAGMA journal_mode=DELETE")
    store.close()
    return path


def _store_seeds(scratch: Path) -> Iterator[Files]:
    yield {"s.sqlite": _filled(scratch / "filled.sqlite").read_bytes()}
    empty = scratch / "empty.sqlite"
    ResponseStore(empty).close()
    yield {"s.sqlite": empty.read_bytes()}


def _use(folder: Path) -> str:
    """Open a store as a run does: read answers and looks, write some, hold a lease."""
    with strictly():
        store = ResponseStore(folder / "s.sqlite")
        try:
            with store.lease("unit") as ours:
                found = store.get(_KEYS)
                health = store.get_health(_LOOK)
                said = Response("new", FinishReason.LENGTH, 1, 1)
                store.put(_CONTEXT, {digest("new"): said})
                store.put_health(digest("other"), _CONTEXT, Health(1.0, 2, 0.0))
                if store.is_writable and store.get([digest("new")]) != {digest("new"): said}:
                    raise AssertionError("what was put is not there")
            wrong = [k for k, r in found.items() if r.text != f"answer {_KEYS.index(k)} " * 5]
            if wrong:
                raise AssertionError("an answer that nobody recorded")
            return f"{ours} {bool(found)} {health is not None}"
        finally:
            store.close()


def _check(folder: Path) -> str:
    return command("store", "check", f"--store={folder / 's.sqlite'}", codes=(0, 1))


def _info(folder: Path) -> str:
    return command("store", "info", f"--store={folder / 's.sqlite'}", codes=(0,))


def _export(folder: Path) -> str:
    store = f"--store={folder / 's.sqlite'}"
    ended = command("store", "export", folder / "out.jsonl", store, codes=(0,))
    rescued = command("store", "export", "--salvage", folder / "out.parquet", store, codes=(0,))
    if rescued == "exit 0":
        new = folder / "new.sqlite"
        if command("store", "import", folder / "out.parquet", f"--store={new}") != "exit 0":
            raise AssertionError("what was saved cannot be read back")
    return f"{ended} {rescued}"


def _collect(folder: Path) -> str:
    store = f"--store={folder / 's.sqlite'}"
    dry = command("store", "gc", "--fingerprint=a", "--dry-run", store, codes=(0,))
    return (
        f"{dry} {command('store', 'gc', '--older-than=1h', '--fingerprint=a', store, codes=(0,))}"
    )


def _exchanged(scratch: Path, suffix: str) -> Iterator[Files]:
    out = scratch / f"out{suffix}"
    export_store(ResponseStore(_filled(scratch / "filled.sqlite")), out, salvage=False)
    yield {f"in{suffix}": out.read_bytes()}


def _jsonl_seeds(scratch: Path) -> Iterator[Files]:
    return _exchanged(scratch, ".jsonl")


def _parquet_seeds(scratch: Path) -> Iterator[Files]:
    return _exchanged(scratch, ".parquet")


def _import(folder: Path) -> str:
    file = next(folder.glob("in.*"), folder / "in.jsonl")
    store = folder / "new.sqlite"
    ended = command("store", "import", file, f"--store={store}", codes=(0,))
    if command("store", "check", f"--store={store}", codes=(0, 1)) != "exit 0":
        raise AssertionError("the store is damaged by what was imported")
    return ended


def _contexts_seeds(scratch: Path) -> Iterator[Files]:
    """Record what two contexts answered to the demo slice's questions of one benchmark."""
    from trusteval.benchmarks.prompts import load_prompt_texts
    from trusteval.store import response_key
    from trusteval.suite.origin import demo_origin
    from trusteval.suite.profiles import DEMO
    from trusteval.suite.questions import Questionnaire

    path = scratch / "contexts.sqlite"
    store = ResponseStore(path)
    asking = Questionnaire(DEMO, demo_origin(), texts=load_prompt_texts(None))
    for context, text in ((_CONTEXT, " A"), (_OTHER, " B")):
        said = {}
        for question in asking.questions("mmlu"):
            most = question.sample.setting.max_new_tokens
            key = response_key(digest(context), question.prompt, max_new_tokens=most)
            said[key] = Response(text, FinishReason.END, 1, 1)
        store.put(context, said)
    store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.database.execute("PRAGMA journal_mode=DELETE")
    store.close()
    yield {"s.sqlite": path.read_bytes()}


def _compare_contexts(folder: Path) -> str:
    store = folder / "s.sqlite"
    before, after = (f"{store}#{digest(context)[:10]}" for context in (_CONTEXT, _OTHER))
    return command("compare", before, after, "--benchmark=mmlu", codes=(0, 1, 3, 4))


_FORMS = {"s.sqlite": Form.SQLITE}

STORES = (
    Target("store", _store_seeds, _use, _FORMS),
    Target("store check", _store_seeds, _check, _FORMS),
    Target("store info", _store_seeds, _info, _FORMS),
    Target("store export", _store_seeds, _export, _FORMS),
    Target("store gc", _store_seeds, _collect, _FORMS),
    Target("compare contexts", _contexts_seeds, _compare_contexts, _FORMS),
    Target("store import jsonl", _jsonl_seeds, _import, {"in.*": Form.JSON_LINES}),
    Target("store import parquet", _parquet_seeds, _import, {"in.*": Form.BINARY}),
)
