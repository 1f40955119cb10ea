"""Shares that a judge counted, corrected for how often it errs, and how far two of them lie apart.

The estimator is Rogan and Gladen's (1978), (p + specificity - 1) / (sensitivity + specificity - 1)
of a judged share p. Its interval carries the error of all three shares with Lang and Reiczigel's
(2014) adjustment, as arXiv 2511.21140 applies it to judges: pseudo-rows, half of them yes, are
added to each share, and the centre moves by what is left of the bias. For one cell of rows that are
all alike it is that interval. A sum over cells spreads the pseudo-rows over them as its rows are
spread, and what varies is the unit with all of its rows, in whichever cell and share they are
(docs/judge-error.md). Rows that are judged and calibrate as well count as two independent ones,
which makes the interval wider, never narrower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from trusteval.stats.estimate import Z, upper_tail
from trusteval.stats.judge_errors import JudgedCell
from trusteval.stats.judged_form import linear_form
from trusteval.stats.undefined import Undefined


@dataclass(frozen=True, slots=True)
class Corrected:
    """An estimate corrected for a judge's errors, from `least` to `most`.

    `plain` is what the formula says, which can lie outside; `centre` and `standard_error` are those
    of the interval, which is cut off at both ends.
    """

    plain: float
    centre: float
    standard_error: float
    least: float = 0.0
    most: float = 1.0

    @property
    def value(self) -> float:
        return self._cut(self.plain)

    @property
    def is_clipped(self) -> bool:
        """Whether the formula says what no share can be."""
        return self.value != self.plain

    @property
    def low(self) -> float:
        return self._cut(self.centre - Z * self.standard_error)

    @property
    def high(self) -> float:
        return self._cut(self.centre + Z * self.standard_error)

    def p_above(self, limit: float) -> float:
        return upper_tail(self.centre - limit, self.standard_error)

    def p_below(self, limit: float) -> float:
        return upper_tail(limit - self.centre, self.standard_error)

    def _cut(self, fraction: float) -> float:
        return min(max(fraction, self.least), self.most)


def correct(cells: Sequence[JudgedCell]) -> Corrected | Undefined:
    """Estimate the weighted sum of the cells' true shares, in [0, 1].

    The weights sum to 1. Undefined where the judge is not shown to be better than a coin, or says
    what no true share would make it say.
    """
    form = linear_form(cells, pseudo=Z * Z)
    if form is None:
        return _COIN
    variance = form.rows.square + form.errors.square
    variance += Z * Z / 2 * form.pseudo_rows.square + form.pseudo_errors.square
    found = Corrected(form.plain, form.centre, sqrt(variance))
    return _IMPOSSIBLE if found.low == found.high else found


def correct_drop(
    reference: Sequence[JudgedCell], subject: Sequence[JudgedCell]
) -> Corrected | Undefined:
    """Estimate how far a subject's sum is below its reference's, in [-1, 1], paired by unit.

    Cells lie beside each other, with equal weights; each side has errors of its own. The
    pseudo-rows of the shares are Bonett and Price's (2012): one more pair for each way to differ.
    Undefined as `correct` is.
    """
    ours, its = (linear_form(cells, pseudo=2.0) for cells in (reference, subject))
    if ours is None or its is None:
        return _COIN
    variance = ours.rows.minus(its.rows).square + ours.errors.minus(its.errors).square
    variance += 2 * max(ours.reach, its.reach) ** 2
    variance += ours.pseudo_errors.minus(its.pseudo_errors).square
    plain, centre = ours.plain - its.plain, ours.centre - its.centre
    found = Corrected(plain, centre, sqrt(variance), least=-1.0)
    return _IMPOSSIBLE if found.low == found.high else found


_COIN = Undefined("the judge is not shown to be better than a coin here")
_IMPOSSIBLE = Undefined(
    "the judge says yes more or less often than its sensitivity and specificity allow for any share"
)
