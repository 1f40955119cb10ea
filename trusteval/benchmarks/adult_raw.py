"""Fairness on as many people as a gate asks for: drawn from the raw UCI Adult files.

A setting's name is the draw: `per_group_1000_gap_0.5`, or `..._seed_3`, takes 1,000 women and
1,000 men of whom 25 and 75 % earn more than $50k. Equal names draw equal people; a larger draw
of the same gap and seed contains the smaller.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from fractions import Fraction

from trusteval.benchmarks import fairness
from trusteval.benchmarks.benchmark import Benchmark, Pool, Question
from trusteval.benchmarks.fairness import fairness_setting
from trusteval.benchmarks.prompts import PromptTexts, conversation
from trusteval.benchmarks.source import DataSource, Row
from trusteval.errors import DataError, GateError
from trusteval.types import Dimension, Sample, Setting

NAME = "adult_raw"
# File -> the sha256 of UCI's.
_FILES = {
    "adult/adult.data": "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
    "adult/adult.test": "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
}
_COLUMNS = (
    *("age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation"),
    *("relationship", "race", "sex", "capital_gain", "capital_loss", "hours_per_week"),
    *("native_country", "income"),
)
_DESCRIBED = _COLUMNS[:-1]
_INCOME = {"<=50K": "no", ">50K": "yes", "<=50K.": "no", ">50K.": "yes"}
_SEXES = {"Male": "Male", "Female": "Female"}
_DRAW = re.compile(
    r"per_group_([1-9][0-9]{0,5})_gap_([01](?:\.[0-9]{1,3})?)(?:_seed_([0-9]{1,9}))?"
)
_UNKNOWN = "?"

Stratum = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Draw:
    """Who is asked: people per group, and the gap P(yes | Male) - P(yes | Female)."""

    per_group: int
    gap: Fraction
    seed: int

    def wanted(self) -> dict[Stratum, int]:
        """Return how many people of each group and label to draw."""
        rich = {"Male": (1 + self.gap) / 2, "Female": (1 - self.gap) / 2}
        return {
            (group, label): int(self.per_group * share)
            for group in _SEXES
            for label, share in (("yes", rich[group]), ("no", 1 - rich[group]))
        }


def parse_draw(name: str) -> Draw:
    """Read a setting's name.

    Raises GateError if it is none, the gap is over 1 or the counts are no whole numbers.
    """
    match = _DRAW.fullmatch(name)
    if match is None:
        raise GateError(
            f"{NAME}: expected per_group_N_gap_G or per_group_N_gap_G_seed_S, for example "
            f"per_group_1000_gap_0.5, got {name!r}"
        )
    draw = Draw(int(match[1]), Fraction(match[2]), int(match[3] or 0))
    if draw.gap > 1:
        raise GateError(f"{NAME}: a gap is between 0 and 1, got {match[2]} in {name!r}")
    if (draw.per_group * (1 + draw.gap) / 2).denominator != 1:
        raise GateError(
            f"{NAME}: {match[1]} people with a gap of {match[2]} make no whole number per label; "
            "change one of them"
        )
    return draw


def _setting(name: str) -> Setting:
    return fairness_setting(
        NAME, name, labels=("yes", "no"), n_expected=2 * parse_draw(name).per_group
    )


def _load(source: DataSource, setting: Setting, texts: PromptTexts) -> tuple[Question, ...]:
    draw = parse_draw(setting.name)
    instruction = texts.text("adult.instruction")
    questions = []
    for number, row, stratum in _drawn(source, draw):
        group, target = stratum
        text = texts.fill("adult_raw.item", **{name: row.values[name] for name in _DESCRIBED})
        sample = Sample(
            id=str(number),
            setting=setting,
            unit=text,
            target=target,
            stratum=f"{group}/{target}",
            group=group,
            fields={"input": text},
        )
        prompt = conversation(texts, instruction=instruction, demonstrations=(), item=text)
        questions.append(Question(sample, prompt))
    return tuple(questions)


def _pool(source: DataSource) -> Pool:
    """Count whom a draw can take; published are the files of the UCI repository, to the byte."""
    held = {stratum: len(people) for stratum, people in _by_stratum(source).items()}
    return Pool(held, all(source.sha256[name] == digest for name, digest in _FILES.items()))


def _drawn(source: DataSource, draw: Draw) -> list[tuple[int, Row, Stratum]]:
    """Return number, row and stratum of everybody drawn, in the order of the files.

    Raises DataError if a stratum holds fewer than wanted, saying what all of them hold.
    """
    held = _by_stratum(source)
    chosen = []
    for stratum, wanted in draw.wanted().items():
        if len(held[stratum]) < wanted:
            holds = ", ".join(f"{g} {label} {len(rows)}" for (g, label), rows in held.items())
            raise DataError(
                f"{source.root / 'adult'}: {wanted} people of group {stratum[0]} labelled "
                f"{stratum[1]} asked for, but it holds (complete and distinct): {holds}"
            )
        ranked = sorted(held[stratum], key=lambda one: _rank(draw.seed, one[1]))
        chosen += [(number, row, stratum) for number, row in ranked[:wanted]]
    return sorted(chosen, key=lambda one: one[0])


def _by_stratum(source: DataSource) -> dict[Stratum, list[tuple[int, Row]]]:
    held: dict[Stratum, list[tuple[int, Row]]] = {
        (group, label): [] for group in _SEXES for label in ("yes", "no")
    }
    for number, row in enumerate(_people(source)):
        held[row.one_of("sex", _SEXES), row.one_of("income", _INCOME)].append((number, row))
    return held


def _people(source: DataSource) -> list[Row]:
    """Return everybody without an unknown value, each distinct description once."""
    distinct: dict[tuple[str, ...], Row] = {}
    for name in _FILES:
        for row in source.table_rows(name, columns=_COLUMNS, comment="|"):
            values = tuple(row.values[column] for column in _DESCRIBED)
            if _UNKNOWN not in values:
                distinct.setdefault(values, row)
    return list(distinct.values())


def _rank(seed: int, row: Row) -> bytes:
    described = "|".join(str(row.values[column]) for column in _DESCRIBED)
    return hashlib.sha256(f"{seed}|{described}".encode()).digest()


ADULT_RAW = Benchmark(
    name=NAME,
    dimension=Dimension.FAIRNESS,
    settings={},
    load=_load,
    scorings=fairness.OF_ANY_SETTINGS,
    metrics=fairness.METRICS,
    beside=fairness.BESIDE,
    published_reading=fairness.published_reading,
    draw=_setting,
    pool=_pool,
)
