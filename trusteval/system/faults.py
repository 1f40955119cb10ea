"""Words a fault of trusteval itself, one that nobody foresaw: in one line, and where it was."""

from __future__ import annotations

import traceback

from trusteval.printable import printable

UNFORESEEN = 10
"""The exit code of a command, or a run, that ended by such a fault: nothing was measured."""
_LONGEST = 300


def fault_line(fault: BaseException, *, shown_by: str) -> str:
    """Return the line that is said of a fault; `shown_by` is the option that shows where it was."""
    what = " ".join(printable(str(fault)).split())
    what = what if len(what) <= _LONGEST else f"{what[:_LONGEST]}..."
    name = type(fault).__name__
    said = f"{name}: {what}" if what else name
    return f"internal fault: {said}; {shown_by} shows where, please report"


def fault_trace(fault: BaseException) -> str:
    """Return where a fault was, as lines that can be printed."""
    lines = "".join(traceback.format_exception(fault)).rstrip("\n").split("\n")
    return "\n".join(map(printable, lines))
