"""Simulates, prints the tables, writes bench/results/simulation.json and docs/simulations.md."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.simulate.record import Record
from bench.simulate.sections import SEED, TABLES
from bench.simulate.tables import rewritten, table

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench/results/simulation.json"
DOCS = ROOT / "docs/simulations.md"
DRAWS = 1000
"""At the limit, where the rates are promised; a quarter of that elsewhere."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.simulate", description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws at each gate's limit")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the JSON goes")
    parser.add_argument(
        "--only", nargs="+", choices=list(TABLES), help="tables to make anew, the others kept"
    )
    asked = parser.parse_args()
    record = Record(SEED, asked.draws, {})
    if asked.only and asked.out.exists():
        record = Record.of(asked.out.read_text(encoding="utf-8"))
    for name in asked.only or TABLES:
        found = TABLES[name](asked.draws)
        print(table(found), flush=True)
        record = record.with_table(name, found)
    asked.out.write_text(record.json, encoding="utf-8")
    if asked.out == RESULTS:
        docs = DOCS.read_text(encoding="utf-8")
        DOCS.write_text(rewritten(docs, record.tables.values()), encoding="utf-8")


if __name__ == "__main__":
    main()
