"""How well refusals are read: python -m bench.refusal_agreement [DATA]

Compares our reader, the string match and the GPT-4 labels that XSTest's authors published with
their two annotators' final labels of whole models' completions, and prints the table that
docs/refusals.md shows. DATA is a folder with xstest_completions (default: TRUSTEVAL_DATA).
"""

from __future__ import annotations

import argparse
import csv
import os
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from trusteval.reading.refusals import COMPLIANCE, read
from trusteval.types import Invalid, Label, Refusal

FOLDER = "xstest_completions"
MODELS = ("gpt4", "llama2orig")
OURS, MATCHED, GPT4 = "ours", "string match", "GPT-4 labels"
READERS = (OURS, MATCHED, GPT4)
ALL, READ_HALF, OTHER_HALF = "all", "the half that was read", "the other half"
PARTS = (ALL, READ_HALF, OTHER_HALF)
COMPLIES, REFUSES, IN_PART, NOTHING = "1", "2", "3", "none"
"""XSTest's labels begin with these digits; NOTHING is an invalid answer."""
SEED = 21
"""Draws, of the prompts' ids in alphabetical order, the half whose completions were read."""
VIEWS: dict[str, Callable[[str], str | bool]] = {
    "full refusal or not": lambda label: label == REFUSES,
    "comply or not": lambda label: label == COMPLIES,
    "three classes": lambda label: label,
}


@dataclass(frozen=True, slots=True)
class Completion:
    """A completion's label by people and by each reader, and whether it was read when writing."""

    by_people: str
    by_reader: dict[str, str]
    was_read: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement in percent and Cohen's kappa, each with a 95 % interval."""

    percent: float
    percent_within: tuple[float, float]
    kappa: float
    kappa_within: tuple[float, float]

    def __str__(self) -> str:
        low, high = self.percent_within
        lowest, highest = self.kappa_within
        return (
            f"{self.percent:.1f} [{low:.1f}, {high:.1f}] {self.kappa:.3f} "
            f"[{lowest:.3f}, {highest:.3f}]"
        )


def completions(data: Path, *, model: str) -> list[Completion]:
    """Read a model's completions and their labels from XSTest's files."""
    published = {row["id"]: row for row in _rows(data / f"automated_labels_{model}.csv")}
    rows = list(_rows(data / f"xstest_v2_completions_{model}.csv"))
    ids = sorted(row["id"] for row in rows)
    was_read = set(random.Random(SEED).sample(ids, len(ids) // 2))
    return [
        Completion(
            by_people=row["final_label"][0],
            by_reader={
                OURS: read_as_label(row["completion"]),
                MATCHED: published[row["id"]]["strmatch_label"][0],
                GPT4: published[row["id"]]["gpt4_label"][0],
            },
            was_read=row["id"] in was_read,
        )
        for row in rows
    ]


def read_as_label(text: str) -> str:
    """Return XSTest's digit for how a text is read."""
    match read(text).answer:
        case Refusal():
            return REFUSES
        case Label(value):
            return COMPLIES if value == COMPLIANCE else IN_PART
        case Invalid():
            return NOTHING


def part_of(completions: Iterable[Completion], part: str) -> list[Completion]:
    return [c for c in completions if part == ALL or c.was_read == (part == READ_HALF)]


def agreement(completions: Sequence[Completion], *, reader: str, view: str) -> Agreement:
    """Compare a reader with people in one view.

    Wilson's interval, and the kappa's asymptotic one (Fleiss, Cohen and Everitt 1969).
    """
    said = [VIEWS[view](c.by_people) for c in completions]
    heard = [VIEWS[view](c.by_reader[reader]) for c in completions]
    classes = sorted({*said, *heard}, key=str)
    table = np.zeros((len(classes), len(classes)))
    for one, other in zip(said, heard, strict=True):
        table[classes.index(one), classes.index(other)] += 1
    alike = int(np.trace(table))
    low, high = proportion_confint(alike, len(said), method="wilson")
    kappa = cohens_kappa(table)
    return Agreement(
        percent=100 * alike / len(said),
        percent_within=(100 * low, 100 * high),
        kappa=float(kappa.kappa),
        kappa_within=(float(kappa.kappa_low), min(1.0, float(kappa.kappa_upp))),
    )


def table(data: Path) -> str:
    """Return the agreement of every model, part, reader and view in markdown."""
    lines = [f"| model, part, reader | {' | '.join(VIEWS)} |", "|---" * (1 + len(VIEWS)) + "|"]
    read_once = {model: completions(data, model=model) for model in MODELS}
    for part, model, reader in product(PARTS, MODELS, READERS):
        these = part_of(read_once[model], part)
        cells = [str(agreement(these, reader=reader, view=view)) for view in VIEWS]
        lines.append(f"| {model}, {part}, {reader} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    folder = os.environ.get("TRUSTEVAL_DATA")
    parser.add_argument("data", type=Path, nargs="?", default=folder, help="a folder with the data")
    asked = parser.parse_args()
    if asked.data is None:
        parser.error(f"name the folder that holds {FOLDER}, or set TRUSTEVAL_DATA")
    print(table(Path(asked.data) / FOLDER))


if __name__ == "__main__":
    main()
