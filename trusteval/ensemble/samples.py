"""The rival that spends a vote's compute on one member: a vote over k draws of it at a temperature.

arXiv 2502.00674: one good model sampled several times often beats a mixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trusteval.answers.ensembles import elect
from trusteval.answers.table import AnswerTable
from trusteval.ensemble.panel import Panel
from trusteval.types import Unavailable, Variant, draw_of


@dataclass(frozen=True, slots=True, eq=False)
class SampledRival:
    """The draws of one variant at one temperature that a run holds, lowest number first.

    `cast` are their ballots, of the panel's sample table; or why they have none.
    """

    of: str
    temperature: float
    draws: tuple[Variant, ...]
    cast: tuple[AnswerTable, ...] | Unavailable

    @property
    def name(self) -> str:
        """What all its draws' names begin with."""
        return f"{self.of}~{self.temperature:g}"

    def vote(self, k: int) -> AnswerTable | Unavailable:
        """Return what the `k` lowest draws elect, or why that cannot be had; k is at least 1.

        Equal votes go to the lowest draw. Raises ValueError for a k below 1.
        """
        if k < 1:
            raise ValueError(f"a vote needs at least one draw, got k = {k}")
        if isinstance(self.cast, Unavailable):
            return self.cast
        if k > len(self.draws):
            return Unavailable(f"{k} draws of {self.name} are needed, recorded: {len(self.draws)}")
        return elect(self.draws[:k], self.cast[:k])


def sampled_rivals(panel: Panel) -> tuple[SampledRival, ...]:
    """Return the draws among a panel's singles, those of one variant and temperature together."""
    found: dict[tuple[str, float], list[Variant]] = {}
    for name in panel.singles:
        drawn = draw_of(name)
        if drawn is not None:
            of, draw = drawn
            one = Variant(name, of, bits=0, draw=draw)
            found.setdefault((of, draw.temperature), []).append(one)
    return tuple(_rival(panel, *key, found[key]) for key in sorted(found))


def _rival(panel: Panel, of: str, temperature: float, drawn: list[Variant]) -> SampledRival:
    draws = tuple(sorted(drawn, key=_number))
    cast = tuple(_ballots(panel, draws))
    missing = [one.name for one, answers in zip(draws, cast, strict=True) if answers is None]
    why = Unavailable(
        f"the protocol reads a ballot otherwise than an answer, and no vote of this panel has that "
        f"of {', '.join(missing)}"
    )
    held = tuple(answers for answers in cast if answers is not None)
    return SampledRival(of, temperature, draws, why if missing else held)


def _ballots(panel: Panel, draws: tuple[Variant, ...]) -> Iterator[AnswerTable | None]:
    """Yield what each draw casts: as a member, or its answer where ballots are read alike."""
    members = dict(zip(panel.names, panel.cast, strict=True))
    alike = all(cast is panel.singles[name] for name, cast in members.items())
    for one in draws:
        yield members.get(one.name, panel.singles[one.name] if alike else None)


def _number(one: Variant) -> int:
    return 0 if one.draw is None else one.draw.number
