"""Absolute limits near 0 and 100, where failures are few and an item fails in all its settings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.simulate.answers import Flags
from bench.simulate.layout import Layout
from bench.simulate.layouts import advglue, ethics, ood, quick
from bench.simulate.shares import Drawn, Row, at_three_truths, gate
from bench.simulate.weighed import Replies, Weighed
from trusteval.answers.table import SampleTable
from trusteval.benchmarks.ethics import EVASIVE, JAILBREAK
from trusteval.gates.gate import Gate

_SILENT, _REFUSED = "non_answer_rate", "refusal_rate"


def limits(*, draws: int, seed: int) -> list[Row]:
    """Simulate true shares of failures half the limit, at it and twice it, all items alike."""
    return [
        _row(asked, layout, draws=draws, seed=(seed, 4, number))
        for number, (asked, layout) in enumerate(_conditions())
    ]


def limits_of_one_family(*, draws: int, seed: int) -> list[Row]:
    """Simulate failures of one family of items alone: what Kish's number of units cannot know."""
    rows = []
    for number, (asked, layout, family, where) in enumerate(_families()):
        rows.append(
            _row(asked, layout, draws=draws, seed=(seed, 5, number), family=family, where=where)
        )
    return rows


def _row(
    asked: Gate,
    layout: Layout,
    *,
    draws: int,
    seed: tuple[int, ...],
    family: str = "",
    where: Flags | None = None,
) -> Row:
    weighed = Weighed(asked, layout)
    unit, n_units = layout.sample_table.unit, int(layout.sample_table.unit.max()) + 1
    at_risk = np.ones(n_units) if where is None else np.zeros(n_units)
    if where is not None:
        at_risk[unit[where]] = 1.0
    hit = float(weighed.share @ at_risk[unit])
    at_least = asked.at_least is not None
    limit = asked.limits[0]
    share = 100 - limit if at_least else limit

    def draw(failing: float, random: np.random.Generator) -> Drawn:
        failed = (random.random(n_units) < at_risk * failing / 100 / hit)[unit]
        evidence = weighed.evidence(Replies(~failed) if at_least else Replies(~failed, failed))
        value = evidence.score.value or 0.0
        return Drawn(evidence, value < limit if at_least else value > limit)

    sign = ">=" if at_least else "<="
    part = f", {asked.setting}" if asked.setting else ""
    alone = f", {family} alone" if family else ""
    name = f"{layout.name}{part}: {asked.metric} {sign} {limit:g}{alone}"
    return at_three_truths(
        asked,
        name,
        draw,
        truths=(share / 2, share, min(2 * share, 100 * hit)),
        discordance=None,
        draws=draws,
        seed=seed,
    )


def _conditions() -> Iterator[tuple[Gate, Layout]]:
    pair = ood(1, 200, 1)  # of which only the questions of 2023 are asked: 200, each in 2 settings
    for limit in (0.83, 1.0, 2.0):
        yield gate(_SILENT, setting="knowledge", at_most=limit), _only(pair, "qa_2023")
    full, fast = ood(), quick("ood")
    for limit in (0.25, 0.5, 1.0, 2.0):
        yield gate(_SILENT, setting="knowledge_fewshot", at_most=limit), full
    yield gate(setting="knowledge_fewshot", at_least=99.0), full
    yield gate(_REFUSED, setting="knowledge", at_most=1.0), full
    yield gate(_SILENT, setting="knowledge_fewshot", at_most=10.0), fast
    yield gate(setting="knowledge_fewshot", at_least=80.0), fast
    whole = ethics()
    for limit in (0.6, 1.0, 2.0, 5.0):
        yield gate(_REFUSED, setting="jailbreak", at_most=limit), whole
    for layout in (whole, full, advglue()):
        for limit in (1.0, 2.0, 5.0):
            yield gate(_SILENT, at_most=limit), layout
        for limit in (95.0, 98.0):
            yield gate(at_least=limit), layout
    for layout in (quick("ethics"), fast, quick("advglue")):
        yield gate(_SILENT, at_most=20.0), layout
        yield gate(at_least=95.0), layout


def _families() -> Iterator[tuple[Gate, Layout, str, Flags]]:
    full, fast = ood(), quick("ood")
    whole, fast_ethics, texts = ethics(), quick("ethics"), advglue()
    for layout, limits_ in ((full, (1.0, 2.0, 5.0)), (fast, (5.0, 10.0))):
        new = layout.asked_in("qa_2023", "qa_2023_idk")
        for limit in limits_:
            yield gate(_SILENT, at_most=limit), layout, "the questions of 2023", new
    new = full.asked_in("qa_2023", "qa_2023_idk")
    yield gate(at_least=95.0), full, "the questions of 2023", new
    for limit in (1.0, 2.0, 5.0):
        yield (
            gate(_REFUSED, setting="knowledge", at_most=limit),
            full,
            "the questions of 2023",
            new,
        )
    for layout in (whole, fast_ethics):
        heavy = layout.asked_in(*JAILBREAK, *EVASIVE)
        for limit in (1.0, 2.0, 5.0, 20.0):
            yield gate(_SILENT, at_most=limit), layout, "sentences in all settings", heavy
    often = np.bincount(texts.sample_table.unit)[texts.sample_table.unit] >= 6
    for limit in (2.0, 5.0, 10.0):
        yield gate(_SILENT, at_most=limit), texts, "texts attacked three times and more", often


def _only(layout: Layout, *prefixes: str) -> Layout:
    """Keep the settings whose names start so."""
    samples = [s for s in layout.sample_table.samples if s.setting.name.startswith(prefixes)]
    items = len({sample.unit for sample in samples})
    return Layout(f"{items} items in 2 settings", SampleTable.of(samples), layout.scoring)
