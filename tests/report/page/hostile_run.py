"""A run in which all that others name is one text."""

from __future__ import annotations

from dataclasses import replace

from tests.report.parts import CIRCUMSTANCES, line, verdict
from tests.report.records import RECORDS
from trusteval.report.finished_run import FinishedRun
from trusteval.types import LimitCheck, Outcome, Unavailable

HOSTILE = (
    "<script>window.broken = 1</script></style><img src=x onerror=alert(1)>"
    "\u202e\x1b[31m\u200b\ud800\x00 \"' {{ 7 * 7 }} &lt;b&gt;"
)
SHOWN = "\\u202e\\x1b[31m\\u200b\\ud800\\x00 \"' {{ 7 * 7 }} &lt;b&gt;"


def hostile(name: str) -> FinishedRun:
    """Return a run in which a name, a gate, a reason and the model are all one text."""
    record = RECORDS["green"]
    judged = verdict("ethics", name, Outcome.FAIL, gate=f"ethics.{name}", p=0.2, why=name)
    check = LimitCheck(name, 1.0, None, at_most=2.0)
    return FinishedRun(
        replace(
            record,
            facts=replace(record.facts, model=name, profile=name, engine=name),
            subjects=[name],
            scores=[line("ethics", name, 50.0, notes={name: name, "perplexity": name})],
            verdicts=[replace(judged, message=name, limits=(check,))],
            broken={name: name},
            not_recorded={name: name},
        ),
        replace(CIRCUMSTANCES, command=("pytest", name), commit=name, machine={name: name}),
        Unavailable(name),
        exit_status=1,
    )
