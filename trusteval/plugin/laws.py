"""Checks the laws of the vote once per version of what decides them, and says when that was."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from trusteval.errors import UsageError
from trusteval.plugin.law_memory import NAME, Held, LawMemory, law_key, moment
from trusteval.plugin.marks import CONTROL, LAW
from trusteval.plugin.options import option
from trusteval.plugin.stash import RUN
from trusteval.plugin.written import written_in
from trusteval.system.machine import cache_directory

REMEMBERED = "vote_remembered"
_CHECKED = "vote_checked"
_IS_REMEMBERED: pytest.StashKey[bool] = pytest.StashKey()


class LawHooks:
    """Passes the laws that are remembered to have held, and remembers those that hold now."""

    def __init__(self, config: pytest.Config, *, started: float) -> None:
        self._config = config
        self._started = moment(started)
        self._keys: dict[Path, str] = {}
        self._held: dict[str, Held] = {}
        self._found: dict[str, dict[str, bool]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Take it that a law holds, where it held and nothing that decides it has changed."""
        when = self._remembered(pyfuncitem)
        if when is None:
            return None
        if pyfuncitem.get_closest_marker(LAW) is not None:
            pyfuncitem.user_properties.append((REMEMBERED, f"{pyfuncitem.name} {when}"))
        pyfuncitem.stash[_IS_REMEMBERED] = True
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.when == "call" and _is_law(item) and _IS_REMEMBERED not in item.stash:
            held = report.passed and not hasattr(report, "wasxfail")
            found = {"key": self._key(item), "name": item.name, "held": held}
            report.user_properties.append((_CHECKED, json.dumps(found)))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == _CHECKED:
                found = json.loads(str(value))
                self._found.setdefault(found["key"], {})[found["name"]] = found["held"]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        if hasattr(self._config, "workerinput") or not self._found:
            return
        memory = _memory()
        if memory is None:
            return
        for key, laws in self._found.items():
            memory.learn(
                key,
                held=[name for name, held in laws.items() if held],
                broken=[name for name, held in laws.items() if not held],
                when=self._started,
            )

    def _remembered(self, item: pytest.Item) -> str | None:
        seeded = getattr(self._config.option, "hypothesis_seed", None) is not None
        if not _is_law(item) or seeded or option(self._config, "laws") == "again":
            return None
        if RUN not in self._config.stash:
            return None
        key = self._key(item)
        if key not in self._held:
            memory = _memory()
            self._held[key] = {} if memory is None else memory.held(key)
        return self._held[key].get(item.name)

    def _key(self, item: pytest.Item) -> str:
        folder = written_in(item).parent
        if folder not in self._keys:
            self._keys[folder] = law_key(folder, generated=_generated())
        return self._keys[folder]


def _is_law(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) is not None for name in (LAW, CONTROL))


def _memory() -> LawMemory | None:
    try:
        return LawMemory(cache_directory() / NAME)
    except UsageError:  # no home directory
        return None


def _generated() -> str:
    """Say how Hypothesis draws examples here; the tests have imported it, if they need it."""
    hypothesis = sys.modules.get("hypothesis")
    if hypothesis is None:
        return "no examples"
    drawn = hypothesis.settings.default
    return f"{drawn.max_examples} examples, derandomize {drawn.derandomize}"
