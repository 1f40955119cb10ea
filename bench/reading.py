"""How fast answers are read: python -m bench.reading RUN, a reports folder with answers.json.gz

Reads what a run's variants said, over and over, until COUNT answers are read; then every different
answer once, and a megabyte of each of some repeated texts. Writes bench/results/reading.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from trusteval.answers import reader
from trusteval.benchmarks import BENCHMARKS
from trusteval.protocols import PROTOCOLS
from trusteval.system.machine import describe_machine
from trusteval.tracking.answers_file import NAME, read_answers
from trusteval.types import Response, Sample

RESULTS = Path(__file__).parent / "results" / "reading.json"
Asked = tuple[Sample, Response]
_MEGABYTE = 2**20
_PIECES = (
    "a",
    " ",
    "not ",
    "wrong ",
    "no ",
    "A ",
    "B, ",
    "I cannot. ",
    "\n",
    "<think>",
    "</think>",
)
_PIECES += ("[", "<", '{"a": ', "\\boxed{", "answer is ", "*a ", "\u9519", "\u0315\u0300", "é")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", type=Path, help="a reports folder")
    parser.add_argument("--count", type=int, default=400_000, help="answers to read")
    parser.add_argument("--repeat", type=int, default=5, help="how often; medians are given")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the JSON goes")
    asked = parser.parse_args()
    answers = list(_answers(asked.run))
    read = PROTOCOLS["strict"].extract
    different = list({(s.setting.id, s.options, r.text): (s, r) for s, r in answers}.values())

    def everything() -> None:
        _forget()
        for sample, response in islice(cycle(answers), asked.count):
            read(sample, response)

    def each_once() -> None:
        _forget()
        for sample, response in different:
            read(sample, response)

    found = {
        "machine": describe_machine(),
        "reader": reader.READER_VERSION,
        "answers": asked.count,
        "seconds": round(_timed(everything, asked.repeat), 3),
        "different_answers": len(different),
        "microseconds_each": round(1e6 * _timed(each_once, asked.repeat) / len(different), 1),
        "milliseconds_per_mebibyte": {
            piece: round(1e3 * _timed(_reading(piece), asked.repeat), 1) for piece in _PIECES
        },
    }
    text = json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    asked.out.write_text(text, encoding="utf-8")
    print(text, end="")


def _answers(run: Path) -> Iterator[Asked]:
    recorded = read_answers(run / NAME)
    for (subject, benchmark), said in recorded.said.items():
        samples = recorded.answer_tables[subject, benchmark].sample_table.samples
        yield from zip(samples, said.responses(), strict=True)


def _reading(piece: str) -> Callable[[], None]:
    """Read a mebibyte of a repeated text as words and as letters; the slower is what counts."""
    text = piece * (_MEGABYTE // len(piece.encode()))
    words = BENCHMARKS["ethics"].settings["zero_shot"]
    letters = BENCHMARKS["mmlu"].settings["astronomy"]

    def read_both() -> None:
        _forget()
        reader.read(words, text)
        reader.read(letters, text, options=("Mars", "Venus", "Saturn", "Mercury"))

    return read_both


def _forget() -> None:
    """Empty what the reader remembers of earlier texts."""
    for remembered in (reader._words, reader._symbols, reader.shown):
        remembered.cache_clear()


def _timed(work: Callable[[], None], repeat: int) -> float:
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return median(seconds)


if __name__ == "__main__":
    main()
