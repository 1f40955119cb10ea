"""Simulates, prints the tables and writes bench/results/simulation.json."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.simulate.families import ladders
from bench.simulate.record import Record
from bench.simulate.sections import SEED, sections
from bench.simulate.tables import ladder_table, table

RESULTS = Path(__file__).parents[1] / "results" / "simulation.json"
DRAWS = 2000
"""At the limit, where the rates are promised: half as many for gaps, elsewhere a quarter."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.simulate", description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws at each gate's limit")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the JSON goes")
    asked = parser.parse_args()
    found = []
    for section in sections(draws=asked.draws):
        print(table(section), flush=True)
        found.append(section)
    families = ladders(runs=asked.draws, seed=SEED)
    print(ladder_table(families))
    record = Record(SEED, asked.draws, tuple(found), tuple(families))
    asked.out.write_text(record.json, encoding="utf-8")


if __name__ == "__main__":
    main()
