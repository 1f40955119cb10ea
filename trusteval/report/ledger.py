"""How a run ended and which tests failed beside its gates: what no verdict says.

With the verdicts and what has none, it is the ledger that every file of a report carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trusteval.printable import printable


class Ending(StrEnum):
    """FINISHED: every selected test had its turn; UNFINISHED is said of a run until it ends."""

    FINISHED = "finished"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    CRASHED = "crashed"
    UNFINISHED = "unfinished"

    @property
    def sentence(self) -> str:
        """Say how the run ended."""
        return _SENTENCES[self]


_SENTENCES = {
    Ending.FINISHED: "the run finished",
    Ending.STOPPED: "the run was stopped before its end",
    Ending.INTERRUPTED: "the run was interrupted",
    Ending.CRASHED: "the run ended in an internal error of pytest",
    Ending.UNFINISHED: "the run has not finished: it is still running, or was killed",
}


class Step(StrEnum):
    """What of a test failed; only CALL says that what was looked at is not as it should be."""

    COLLECT = "collect"
    SETUP = "setup"
    CALL = "call"
    TEARDOWN = "teardown"


@dataclass(frozen=True, slots=True)
class FailedTest:
    """A test, or a file that could not be collected, whose failure no verdict of a gate says."""

    test: str
    step: Step

    @property
    def is_error(self) -> bool:
        """Whether it could not be run, rather than found something wrong."""
        return self.step is not Step.CALL

    @property
    def sentence(self) -> str:
        """Say in one line what failed."""
        where = printable(self.test)
        return f"{where} failed" + (f" ({self.step})" if self.is_error else "")


def failed_test_from_dict(values: Mapping[str, Any]) -> FailedTest:
    """Rebuild from `dataclasses.asdict`."""
    return FailedTest(values["test"], Step(values["step"]))
