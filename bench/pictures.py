"""How long the pictures of a large run take: nine subjects, sixty gates, five benchmarks.

    python -m bench.pictures [ITEMS]

ITEMS of each benchmark (default: 2,000) are answered by seven subjects and two votes.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from bench.ensemble import ASKED, large_run, told
from tests.report.large import LARGE
from tests.report.parts import CIRCUMSTANCES
from trusteval.answers.ensembles import elect
from trusteval.ensemble.members import member
from trusteval.report.finished_run import FinishedRun
from trusteval.report.pictures.gallery import pictures_of
from trusteval.tracking.answered_run import AnsweredRun

_ITEMS = 2_000


def voted(run: AnsweredRun) -> AnsweredRun:
    """Return a run with a vote over the members of each method."""
    tables, members = dict(run.answer_tables), {}
    for method in ("gptq", "awq"):
        name, who = f"vote-{method}", [member(f"{method}-{bits}", bits={}) for bits in (8, 4, 3)]
        for benchmark in ASKED:
            cast = [run.answer_tables[one.name, benchmark] for one in who]
            tables[name, benchmark] = elect(who, cast)
            members[name, benchmark] = tuple(who)
    return replace(run, answer_tables=tables, members=members)


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else _ITEMS
    print(f"{n:,} items of each of {len(ASKED)} benchmarks, nine subjects, sixty gates")
    print("  clock processor")
    run = FinishedRun(LARGE, CIRCUMSTANCES, answers=voted(large_run(n)))
    for time in ("first", "second"):
        with told(f"all pictures, {time} time"):
            pictures = pictures_of(run)
    for picture in pictures:
        size = sum(map(len, picture.svgs)) / 1024
        print(f"{picture.name}: {len(picture.svgs)} drawings, {size:.0f} KiB {picture.missing}")


if __name__ == "__main__":
    main()
