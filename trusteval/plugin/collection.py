"""What a collection holds of the gates: which are to run, and that none is left without a test."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trusteval.plugin.marks import CONTROL, JUDGING, LAW
from trusteval.plugin.options import option
from trusteval.plugin.stash import CLAIMED, COLLECTED, RESULTS, RUN
from trusteval.plugin.written import written_in
from trusteval.run.options import GATES
from trusteval.system.bounded import MIB, read_bytes
from trusteval.system.files import real_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trusteval.report.unjudged import Collected

_FIRST = ("trust_sanity", "trust_recording")
"""The marks of what comes before gates, in this order."""
_SECOND = "trust_second_reading"
"""The mark of what comes between them and the gates: a judge may take the place of a model."""
_MOST_TESTS = 16 * MIB
"""What a file of tests may hold."""
_SIGNS = (b"trust_gates", b"trusteval.gate")
"""What a file of gate tests says: the mark, or where it takes its tests from."""
COLLECTION = "trust_collection"
REFUSAL = "trust_refusal"
"""What a worker sends home: its collection, and why the run cannot be."""


def collected(config: pytest.Config, items: Iterable[pytest.Item]) -> Collected:
    """Return which benchmarks tests claim, before any selection, and which gates are to run."""
    from trusteval.report.unjudged import Collected

    asked = [item.callspec.params for item in items if hasattr(item, "callspec")]
    pairs = {
        (params["gate"].id, params["subject"].name)
        for params in asked
        if hasattr(params.get("gate"), "id") and hasattr(params.get("subject"), "name")
    }
    claimed: set[str] = config.stash.get(CLAIMED, set())
    return Collected(frozenset(claimed), frozenset(pairs))


def take_collected(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Keep what was collected of a run; let each variant be looked at and recorded, then judged."""
    if RUN in config.stash:
        refuse_repeated(session, items)
        refuse_unclaimed(session)
        config.stash[COLLECTED] = collected(config, items)
    if RESULTS in config.stash:
        refuse_repeated(session, items)
        refuse_results_without_test(session, items)
    seen: dict[str, int] = {}

    def place(item: pytest.Item) -> tuple[int, int, int]:
        if item.get_closest_marker(_SECOND):
            return (1, 0, 0)
        step = next((i for i, name in enumerate(_FIRST) if item.get_closest_marker(name)), None)
        asked = getattr(item, "callspec", None)
        subject = asked.params.get("subject") if asked else None
        if step is None or subject is None:
            return (2, 0, 0)
        return (0, seen.setdefault(subject.name, len(seen)), step)

    items.sort(key=place)


def refuse_repeated(session: pytest.Session, items: Iterable[pytest.Item]) -> None:
    """Raise UsageError for a test of gates or laws that two modules of the run have.

    The shipped ones are collected twice where the package and a module that imports them are asked.
    """
    first: dict[tuple[Path, str], pytest.Item] = {}
    for item in items:
        if not any(map(item.get_closest_marker, (*JUDGING, LAW, CONTROL))):
            continue
        test = (written_in(item), item.name)
        if test in first:
            places = " and ".join(_place_of(one) for one in (first[test], item))
            called = item.name.partition("[")[0]
            _refuse(
                session,
                f"{called} is collected twice, from {places}, and would judge twice: leave one out "
                "(`pytest --pyargs trusteval.gate` alone, or a folder of tests that imports it)",
            )
        first[test] = item


def _place_of(item: pytest.Item) -> str:
    """Return the module that an item was collected of: by its path below the root, else by name."""
    root, path = item.config.rootpath, item.path
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return str(getattr(getattr(item, "module", None), "__name__", path))


def _refuse(session: pytest.Session, message: str) -> None:
    """Raise UsageError; a worker's is sent home first: xdist takes it for crashed otherwise."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[REFUSAL] = message
        session.items.clear()  # or the controller would take it that these tests are to be run
    raise pytest.UsageError(message)


def refuse_unclaimed(session: pytest.Session) -> None:
    """Raise UsageError for a gate whose benchmark no test claims, where all were collected."""
    config = session.config
    if session.testsfailed or not _collects_all(config):
        return
    claimed = config.stash.get(CLAIMED, set())
    rows = [gate for gate in config.stash[RUN].gates if gate.benchmark not in claimed]
    if not rows:
        return
    names = ", ".join(dict.fromkeys(gate.id for gate in rows))
    benchmarks = ", ".join(f'"{name}"' for name in dict.fromkeys(g.benchmark for g in rows))
    _refuse(
        session,
        f"{_called(config)}: no test judges {names}: none of those collected is marked "
        f"trust_gates({benchmarks}); run the shipped ones too (pytest --pyargs trusteval.gate, or "
        "`from trusteval.gate import *` in a module of tests), write one, or remove the row",
    )


def refuse_results_without_test(session: pytest.Session, items: Iterable[pytest.Item]) -> None:
    """Raise UsageError where results are named and no test that judges them is collected.

    Tests that --deselect, -k or -m leave out are gone from `items` too, as the user chose.
    """
    chosen = session.config.option
    if chosen.keyword or chosen.markexpr or chosen.deselect or session.testsfailed:
        return
    if not any(item.get_closest_marker("trust_results") for item in items):
        _refuse(
            session,
            "--trust-results names results, and no collected test judges them: run the shipped one "
            "too (pytest --pyargs trusteval.gate.test_results)",
        )


def _called(config: pytest.Config) -> str:
    """Return what the file of gates is called, as it was named."""
    options = config.stash[RUN].options
    return option(config, "gates") or (options.gates_name if options.gates_ship else str(GATES))


def _collects_all(config: pytest.Config) -> bool:
    """Say whether no file with tests was left out: by path, --ignore or --last-failed."""
    options = config.option
    here, root = config.invocation_params.dir, config.rootpath
    if options.ignore_glob or getattr(options, "lf", False):
        return False
    if any(holds_gate_tests(here / path) for path in options.ignore or ()):
        return False
    asked = [_place(config, argument) for argument in config.args]
    if not all(path.is_dir() for path in asked):
        return False
    named = [path for pattern in config.getini("testpaths") for path in root.glob(pattern)]
    wanted = config.stash[RUN].options
    whole = named or [root if wanted.gates_ship else wanted.gates.parent]
    return all(any(_lies_in(path, folder) for folder in asked) for path in whole)


def _place(config: pytest.Config, argument: str) -> Path:
    """Return the path that an argument names, with --pyargs by a package first, as pytest does."""
    path = config.invocation_params.dir / argument
    if not config.option.pyargs:
        return path
    try:
        package = find_spec(argument)
    except (AttributeError, ImportError, ValueError):  # no module can be called so
        return path
    places = package and package.submodule_search_locations
    return Path(next(iter(places))) if places else path


def holds_gate_tests(path: Path) -> bool:
    """Whether a file, or one in a folder, holds tests of gates."""
    files = path.rglob("*.py") if path.is_dir() else [path] if path.is_file() else []
    return any(sign in _content(file) for file in files for sign in _SIGNS)


def _content(path: Path) -> bytes:
    try:
        return read_bytes(path, most=_MOST_TESTS)
    except OSError:  # pytest cannot collect it either
        return b""


def _lies_in(path: Path, folder: Path) -> bool:
    return real_path(path).is_relative_to(real_path(folder))
