"""The price list: what an answer of each subject took, and what it took to hold the subject."""

from __future__ import annotations

from collections.abc import Iterator

from trusteval.ensemble.expense import Unit, per_answer
from trusteval.ensemble.holding import why_no_load, why_no_memory
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Cost, Unavailable, draw_of

_ANSWERS = (
    Column("benchmark"),
    Column("subject"),
    Column("answers", Kind.COUNT),
    Column("measured", Kind.COUNT),
    Column("seconds", Kind.SECONDS),
    Column("processor seconds", Kind.SECONDS),
    Column("prompt tokens", Kind.COUNT),
    Column("new tokens", Kind.NUMBER),
    Column("machine"),
)
_MODELS = (
    Column("subject"),
    Column("held as"),
    Column("loading", Kind.SECONDS),
    Column("loaded", Kind.BYTES),
    Column("peak", Kind.BYTES),
    Column("memory of"),
    Column("machine"),
)
_HELD = ("storage", "dtype")
"""What an identity says of how a model is held."""
_IT = "it"
"""What reasons call a subject whose row they are for."""
_ABSENT = Unavailable(why_no_load(None, _IT))


def answers_table(panels: Panels) -> Table:
    """Show what subjects' answers took on each benchmark."""
    rows = {
        (panel.benchmark, name): _answer_row(panel, name)
        for panel in panels.panels
        if panel.costs
        for name in _subjects(panel)
    }
    return Table(
        "answer_costs",
        "What an answer took, by benchmark",
        _ANSWERS,
        tuple(rows.values()),
        (
            *_without(panels),
            "answers: different ones that are recorded of the benchmark, outside its score or "
            "these items too; measured: those whose time is known; seconds and tokens: means per "
            "answer; processor seconds: of all cores together",
        ),
    )


def _answer_row(panel: Panel, name: str) -> tuple[Cell, ...]:
    cost = panel.costs.get(name)
    if cost is None:
        return (panel.benchmark, name, *[_ABSENT] * (len(_ANSWERS) - 2))
    seconds, processor = (
        _measured(per_answer(panel, name, unit)) for unit in (Unit.SECONDS, Unit.PROCESSOR)
    )
    if isinstance(processor, Unavailable) and not isinstance(seconds, Unavailable):
        processor = Unavailable("it runs elsewhere, how long it computes is not known")
    return (
        panel.benchmark,
        name,
        cost.n_answers,
        cost.n_measured,
        seconds,
        processor,
        _mean(cost.n_prompt_tokens, cost),
        _mean(cost.n_new_tokens, cost),
        _machine(cost),
    )


def _measured(seconds: float | Unavailable) -> Cell:
    return Unavailable("nobody measured it") if isinstance(seconds, Unavailable) else seconds


def _mean(tokens: int | None, cost: Cost) -> Cell:
    if tokens is None or not cost.n_answers:
        return Unavailable("its engine did not count these tokens")
    return tokens / cost.n_answers


def _machine(cost: Cost) -> Cell:
    return "; ".join(cost.machines) or Unavailable("no answer or load of it was measured")


def models_table(panels: Panels) -> Table:
    """Show what it took to load and hold the subjects."""
    rows = {
        row: None
        for panel in panels.panels
        if panel.costs
        for name in _subjects(panel)
        for row in _model_rows(panels, panel, name)
    }
    return Table(
        "model_costs",
        "What holding a model took",
        _MODELS,
        tuple(rows),
        (
            *_without(panels),
            "loading: the median load; loaded and peak: what it took when it was loaded, and at "
            "most, beyond what was held before; memory of the device: what torch held on GPUs, of "
            "the process: what that held resident; a model can be held in more bits than its "
            "weights have",
        ),
    )


def _model_rows(panels: Panels, panel: Panel, name: str) -> Iterator[tuple[Cell, ...]]:
    cost = panel.costs.get(name)
    identity = panels.run.identities.get((name, panel.benchmark), {})
    told = [str(identity[key]) for key in _HELD if key in identity]
    held: Cell = ", ".join(told) or Unavailable("how it is held is not recorded")
    if cost is None:
        yield (name, held, *[_ABSENT] * (len(_MODELS) - 2))
        return
    memory = Unavailable(why_no_memory(cost, _IT))
    yield (
        name,
        held,
        Unavailable(why_no_load(cost, _IT)) if cost.load_seconds is None else cost.load_seconds,
        memory if cost.loaded_bytes is None else cost.loaded_bytes,
        memory if cost.peak_bytes is None else cost.peak_bytes,
        memory if cost.memory_kind is None else cost.memory_kind.value,
        _machine(cost),
    )


def _without(panels: Panels) -> Iterator[str]:
    """Say on which benchmarks nothing was measured."""
    names = dict.fromkeys(panel.benchmark for panel in panels.panels if not panel.costs)
    if names:
        yield (
            f"no costs are recorded of {', '.join(names)}: runs of earlier versions, baselines and "
            "recordings of other tools hold none"
        )


def _subjects(panel: Panel) -> list[str]:
    """Return the dense model, the members and all draws, each once."""
    dense = [] if panel.dense is None else [panel.dense]
    draws = [name for name in panel.singles if draw_of(name) is not None]
    return list(dict.fromkeys([*dense, *panel.names, *draws]))
