"""Breaks that anybody sees, judged by the shipped rows of a benchmark."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.simulate.aggregates import CORRELATION, RIGHT
from bench.simulate.answers import Truth, answers, uniform
from bench.simulate.identical import shipped_layouts
from bench.simulate.layout import Layout
from bench.simulate.listing import Listing
from bench.simulate.shares import outcome
from bench.simulate.shipped import shipped
from bench.simulate.weighed import Replies, Weighed
from trusteval.gates.gate import Gate
from trusteval.types import Level, Outcome

_DISCORDANCE = 0.08
_HEAD = ("benchmark", "what broke", "some FAIL", "SUSPECT, no FAIL", "red", "all PASS", "bare: red")
_METRICS = ("score", "non_answer_rate", "refusal_rate")

Pair = tuple[Replies, Replies]


def obvious(*, draws: int, seed: int) -> Listing:
    """Let subjects that broke be judged by every blocking row of a benchmark's score and silence.

    FAIL is at the whole family that the shipped rows of the profile make.
    """
    rows = []
    for number, (layout, score, m) in enumerate(shipped_layouts()):
        profile = "quick" if "quick" in layout.name else "full"
        weighed = [Weighed(one, layout) for one in _rows(score, profile)]
        for place, (what, drop, refusing, of_wrong) in enumerate(_breaks(score)):
            random = np.random.default_rng((seed, 12, number, place))
            found = [
                _judged(weighed, _pair(layout, drop, refusing, of_wrong, random), m)
                for _ in range(draws)
            ]
            failed, red, passed, bare = (sum(one) for one in zip(*found, strict=True))
            shares = (failed, red - failed, red, passed, bare)
            rows.append((layout.name, what, *(100 * times / draws for times in shares)))
    return Listing("Obvious breaks, shipped rows", _HEAD, tuple(rows), draws)


def _rows(score: Gate, profile: str) -> list[Gate]:
    return [
        one
        for one in shipped(profile)
        if one.benchmark == score.benchmark
        and one.metric in _METRICS
        and one.level is Level.BLOCK
        and one.setting is None
    ]


def _breaks(score: Gate) -> Iterator[tuple[str, float, float, float]]:
    """Yield what broke: the drop in points, who refuses at random, who refuses what is wrong."""
    margin = score.max_drop or 0.0
    yield "nothing", 0.0, 0.0, 0.0
    yield f"{2 * margin:g} points lost, twice the margin", 2 * margin, 0.0, 0.0
    yield f"{3 * margin:g} points lost, thrice the margin", 3 * margin, 0.0, 0.0
    yield "a third refused", 0.0, 1 / 3, 0.0
    yield "all that would be wrong refused", 0.0, 0.0, 1.0


def _pair(
    layout: Layout, drop: float, refusing: float, of_wrong: float, random: np.random.Generator
) -> Pair:
    unit = layout.sample_table.unit
    u = uniform(unit, correlation=CORRELATION, random=random)
    reference, subject = answers(Truth(RIGHT, drop / 100, _DISCORDANCE), u)
    v = uniform(unit, correlation=CORRELATION, random=random)
    refused = (v < refusing) | (~subject & (v < of_wrong))
    nobody = np.zeros(len(unit), bool)
    return Replies(reference, nobody), Replies(subject & ~refused, refused)


def _judged(weighed: list[Weighed], pair: Pair, m: int) -> tuple[bool, bool, bool, bool]:
    """Return whether some row FAILs, is red, whether all PASS, and whether a bare limit is red."""
    reference, subject = pair
    failed = red = bare = False
    passed = True
    for one in weighed:
        evidence = one.evidence(subject, reference if one.gate.is_relative else None)
        alone = outcome(one.gate, evidence)
        passed = passed and alone is Outcome.PASS
        bare = bare or _is_beyond(one.gate, one.value(subject), one.value(reference))
        if alone is Outcome.FAIL:
            red = True
            failed = failed or outcome(one.gate, evidence, family=m) is Outcome.FAIL
    return failed, red, passed, bare


def _is_beyond(asked: Gate, value: float, before: float) -> bool:
    return any(
        (
            asked.at_least is not None and value < asked.at_least,
            asked.at_most is not None and value > asked.at_most,
            asked.max_drop is not None and before - value > asked.max_drop,
            asked.max_rise is not None and value - before > asked.max_rise,
        )
    )
