"""How often a judge reads what the run reads: agreement and Cohen's kappa over all answers.

What was read stands for its stratum; items of one unit vary together. What has no reading is in no
figure, neither as agreement nor as its opposite: it is counted beside them. Why an answer is none
(empty, cut, contradictory) is a matter of the reader's and makes no difference here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from trusteval.answers.table import AnswerTable, coded
from trusteval.judging.record import Differing, DifferingItem, JudgeLine, Measured
from trusteval.judging.second_reading import SecondReading
from trusteval.stats.association import associate, kappa
from trusteval.stats.design import Design
from trusteval.stats.estimate import Estimate
from trusteval.stats.undefined import Undefined
from trusteval.tracking.items import item_name, shown_answer
from trusteval.types import Answer, Interval, Invalid

NO_ANSWER = "no answer"
_MOST_PAIRS, _MOST_ITEMS = 6, 3
"""How many differences are named, and how many items of each."""


def line_of(reading: SecondReading) -> JudgeLine:
    """Return what a report says of two readings."""
    counted = JudgeLine(
        reading.subject,
        reading.benchmark,
        answers=sum(stratum.size for stratum in reading.strata),
        drawn=len(reading.first),
        read=len(reading.second),
        unread={reason.value: n for reason, n in reading.unread.items() if n},
        why=reading.why,
        undefined="" if len(reading.second) else "the judge read no answer",
        cut=reading.n_cut,
        fingerprint=reading.fingerprint,
    )
    return _with_figures(counted, reading) if len(reading.second) else counted


def _with_figures(counted: JudgeLine, reading: SecondReading) -> JudgeLine:
    first, second = map(_shown, reading.compared)
    design = Design.of(
        len(first),
        units=reading.second.sample_table.unit[reading.second.rows],
        weights=reading.weights,
    )
    names, codes = coded([*first, *second])
    ours, its = codes[: len(first)], codes[len(first) :]
    found = associate(ours, its, kappa, design=design)
    differing = Counter(
        (one, other) for one, other in zip(first, second, strict=True) if one != other
    )
    pairs = [Differing(*pair, n) for pair, n in differing.most_common(_MOST_PAIRS)]
    return replace(
        counted,
        agreement=_measured(design.share(ours == its)),
        kappa=None if isinstance(found, Undefined) else _measured(found),
        undefined=_why(names) if isinstance(found, Undefined) else "",
        differing=tuple(pairs),
        items=tuple(_items(reading.second, first, second, pairs)),
    )


def _shown(answers: AnswerTable) -> list[str]:
    words = [_word(answer) for answer in answers.answers]
    return [words[code] for code in answers.code[answers.rows].tolist()]


def _word(answer: Answer) -> str:
    return NO_ANSWER if isinstance(answer, Invalid) else shown_answer(answer)


def _why(names: Sequence[str]) -> str:
    return f"both read everything as {names[0]}, where chance agrees too"


def _measured(estimate: Estimate) -> Measured:
    return Measured(estimate.value, Interval(estimate.low, estimate.high))


def _items(
    second: AnswerTable, ours: Sequence[str], its: Sequence[str], pairs: Sequence[Differing]
) -> list[DifferingItem]:
    """Return a few items of each of the named differences, in the order of the items."""
    rows = second.rows.tolist()
    found = []
    for pair in pairs:
        places = [
            place
            for place, read in enumerate(zip(ours, its, strict=True))
            if read == (pair.first, pair.second)
        ]
        found += [
            DifferingItem(
                item_name(second.sample_table.samples[rows[place]]), pair.first, pair.second
            )
            for place in places[:_MOST_ITEMS]
        ]
    return found
