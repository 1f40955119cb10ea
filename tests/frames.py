"""How much an exception drags along, which pytest formats each time that it is raised."""

from __future__ import annotations


def frames(error: BaseException | None) -> int:
    """Count the frames that an exception holds, and those that it came of."""
    count = 0
    while error is not None:
        trace = error.__traceback__
        while trace is not None:
            count, trace = count + 1, trace.tb_next
        error = error.__cause__ or error.__context__
    return count
