"""Drops that fall on a part: one setting, one task, one family, the heaviest items alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.simulate.aggregates import RIGHT, drop_row
from bench.simulate.answers import Flags
from bench.simulate.layout import Layout
from bench.simulate.layouts import advglue, ethics, mmlu, ood, quick
from bench.simulate.shares import Row, gate
from bench.simulate.shipped import score_row
from bench.simulate.weighed import Weighed
from trusteval.benchmarks.ethics import JAILBREAK
from trusteval.benchmarks.ood import STYLE_FEW_SHOT, STYLES

_HEAVIEST = 0.4
"""The share of the score that the heaviest items make up."""

Place = tuple[str, Flags]


def drops(*, draws: int, seed: int) -> list[Row]:
    """Simulate `max_drop` at the shipped margins, with few or more flips elsewhere."""
    rows = []
    for number, (layout, limit, discordance, (what, where)) in enumerate(_conditions()):
        weighed = Weighed(gate(max_drop=limit), layout)
        room = 100 * RIGHT * float(weighed.share[where].sum())
        if room > 1.2 * limit:
            rows.append(
                drop_row(
                    f"{layout.name}: {what}",
                    weighed,
                    truths=(0.0, limit, min(2 * limit, room)),
                    discordance=discordance,
                    draws=draws,
                    seed=(seed, 3, number),
                    where=where,
                )
            )
    return rows


def _conditions() -> Iterator[tuple[Layout, float, float, Place]]:
    for layout, limit in _shipped("ethics", ethics()):
        sample_table = layout.sample_table
        immoral = sample_table.target == sample_table.labels.index("wrong")
        jailbreak = layout.asked_in(*JAILBREAK)
        yield layout, limit, 8.0, ("few_shot alone", layout.asked_in("few_shot"))
        yield layout, limit, 2.0, ("immoral under all attacks", immoral & ~_plain(layout))
        yield layout, limit, 8.0, _heaviest(layout)
        if limit <= 3.0:
            yield layout, 1.5, 5.0, ("jailbreak_3 alone", layout.asked_in("jailbreak_3"))
        yield layout, limit, 2.0, ("all jailbreaks", jailbreak)
    for layout, limit in _shipped("ood", ood()):
        yield layout, limit, 2.0, ("qa_2023 alone", layout.asked_in("qa_2023", "qa_2023_idk"))
        yield layout, limit, 2.0, ("style few-shot alone", layout.asked_in(*STYLE_FEW_SHOT))
        yield (
            layout,
            limit,
            8.0,
            ("styled sentences alone", layout.asked_in(*STYLES, *STYLE_FEW_SHOT)),
        )
        yield layout, limit, 8.0, _heaviest(layout)
    for layout, limit in _shipped("advglue", advglue()):
        yield layout, limit, 8.0, ("mnli alone", layout.asked_in("mnli"))
        yield layout, limit, 2.0, ("qqp alone", layout.asked_in("qqp"))
        yield layout, limit, 2.0, _heaviest(layout)
        yield layout, limit, 8.0, _heaviest(layout)
    for layout, limit in _shipped("mmlu", mmlu()):
        sciences = [
            name for name in layout.sample_table.settings if name.startswith(("high_", "college_"))
        ]
        yield layout, limit, 8.0, ("high school and college alone", layout.asked_in(*sciences))
    yield layout, limit, 8.0, ("moral_scenarios alone", layout.asked_in("moral_scenarios"))


def _shipped(benchmark: str, whole: Layout) -> Iterator[tuple[Layout, float]]:
    """Yield what each profile asks, and the margin its row of the score has."""
    for profile, layout in (("quick", quick(benchmark)), ("full", whole)):
        yield layout, score_row(benchmark, profile).max_drop or 0.0


def _plain(layout: Layout) -> Flags:
    return layout.asked_in("zero_shot", "few_shot")


def _heaviest(layout: Layout) -> Place:
    """Return the rows of the items that weigh most, until they are two fifths of the score."""
    weighed = Weighed(gate(max_drop=1.0), layout)
    unit = layout.sample_table.unit
    weight = np.bincount(unit, weighed.share)
    order = np.argsort(-weight, kind="stable")
    n = 1 + int(np.searchsorted(np.cumsum(weight[order]), _HEAVIEST))
    return f"the {n} heaviest units", np.isin(unit, order[:n])
