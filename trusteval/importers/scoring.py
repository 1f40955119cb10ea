"""Scores recorded answers: matches them with their items, reads and measures them.

Incomplete evidence is scored over what exists and says so; what contradicts the data is an
error. No model is involved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.adult import CRIME_SETTINGS
from trusteval.benchmarks.adult_raw import ADULT_RAW
from trusteval.benchmarks.benchmark import Benchmark
from trusteval.errors import DataError, GateError
from trusteval.importers.items import ItemSource
from trusteval.importers.recorded import Recorded
from trusteval.metrics.scoring import Scoring
from trusteval.protocols.protocol import Protocol
from trusteval.types import Declared, Judged, LabelForm, Response, Sample

_FEWEST = 30
"""Rows below which a true label may be missing because few were recorded."""


@dataclass(frozen=True, slots=True)
class ScoredBenchmark:
    """What a protocol makes of one benchmark's recorded answers.

    `responses` are what `judged` was read from, row by row; `doubts` are sentences on what the
    scores may hide.
    """

    name: str
    protocol: Protocol
    scoring: Scoring
    judged: tuple[Judged, ...]
    responses: tuple[Response, ...]
    declared: Mapping[str, Declared]
    doubts: tuple[str, ...]


def score_recordings(
    recorded: Sequence[Recorded],
    *,
    protocol: Protocol,
    items: ItemSource,
    include_crime: bool = False,
) -> list[ScoredBenchmark]:
    """Score recorded answers benchmark by benchmark.

    `include_crime` adds adult's Communities and Crime settings to its score, as the reference
    code does. Raises DataError for an unknown benchmark or setting, an item out of range or
    recorded twice, a label outside the set or against the data, an item that is not known.
    """
    by_benchmark: dict[str, list[Recorded]] = {}
    for answer in recorded:
        if answer.benchmark not in BENCHMARKS:
            answer.place.malformed(f"a benchmark of {', '.join(BENCHMARKS)}", answer.benchmark)
        by_benchmark.setdefault(answer.benchmark, []).append(answer)
    return [
        _score(BENCHMARKS[name], answers, protocol, items, include_crime=include_crime)
        for name, answers in sorted(by_benchmark.items())
    ]


def _score(
    benchmark: Benchmark,
    recorded: Sequence[Recorded],
    protocol: Protocol,
    items: ItemSource,
    *,
    include_crime: bool,
) -> ScoredBenchmark:
    by_setting = _by_setting(benchmark, recorded)
    scoring = protocol.scoring(benchmark.name, settings=sorted(by_setting))
    if include_crime and benchmark.name == "adult":
        scoring = _with_crime(scoring, protocol)
    judged: list[Judged] = []
    responses: list[Response] = []
    declared: dict[str, Declared] = {}
    doubts: list[str] = []
    for name in dict.fromkeys([*scoring.settings, *by_setting]):
        setting = benchmark.setting(name)
        answers = sorted(by_setting.get(name, ()), key=lambda answer: (answer.item, answer.draw))
        matched = [(answer, items.sample(setting, answer)) for answer in answers]
        if name not in scoring.settings and name not in scoring.context:
            continue
        kept = [(a, sample) for a, sample in matched if sample and scoring.counts(sample)]
        judged += [Judged(sample, protocol.extract(sample, a.response)) for a, sample in kept]
        responses += [answer.response for answer, _ in kept]
        doubts += _doubts(kept)
        draws = 1 + max((answer.draw for answer, _ in kept), default=0)
        once = items.declared(setting, counts=scoring.counts, recorded=len(kept) // draws)
        declared[name] = replace(once, n_expected=draws * once.n_expected)
        doubts += _one_sided(kept, once)
        if len(kept) > declared[name].n_expected:
            doubts.append(
                f"{setting.id}: {len(kept)} rows where {declared[name].n_expected} are asked; "
                "without the data the surplus cannot be told apart"
            )
    uncounted = [
        f"{benchmark.name}/{name} does not count under {protocol.name}"
        for name in by_setting
        if name not in declared
    ]
    return ScoredBenchmark(
        name=benchmark.name,
        protocol=protocol,
        scoring=scoring,
        judged=tuple(judged),
        responses=tuple(responses),
        declared=declared,
        doubts=(*doubts, *uncounted),
    )


def _with_crime(scoring: Scoring, protocol: Protocol) -> Scoring:
    """Count the settings on crime, which are context otherwise."""
    context = {n: metric for n, metric in scoring.context.items() if n not in CRIME_SETTINGS}
    with_crime = [*scoring.settings, *CRIME_SETTINGS]
    # The raw people's benchmark scores any settings.
    return replace(protocol.scoring(ADULT_RAW.name, settings=with_crime), context=context)


def _by_setting(benchmark: Benchmark, recorded: Sequence[Recorded]) -> dict[str, list[Recorded]]:
    """Group answers by their setting, refusing unknown ones and an item recorded twice."""
    first: dict[tuple[str, int, int], Recorded] = {}
    by_setting: dict[str, list[Recorded]] = {}
    for answer in recorded:
        if answer.setting not in by_setting:
            try:
                benchmark.setting(answer.setting)
            except GateError as error:
                raise DataError(f"{answer.place}: {error}") from error
        earlier = first.setdefault((answer.setting, answer.item, answer.draw), answer)
        if earlier is not answer:
            raise DataError(
                f"{answer.place}: item {answer.item} of {benchmark.name}/{answer.setting} is "
                f"recorded twice, first at {earlier.place}"
            )
        by_setting.setdefault(answer.setting, []).append(answer)
    return by_setting


def _one_sided(kept: Sequence[tuple[Recorded, Sample]], asked: Declared) -> list[str]:
    """Say which true labels no answer was recorded for, where there are some for others."""
    missing = sorted(asked.targets - {sample.target for _, sample in kept})
    if len(kept) < _FEWEST or not missing:
        return []
    return [
        f"{kept[0][1].setting.id}: one_sided: no recorded row's true label is "
        f"{' or '.join(missing)}, so that what averages over the labels has no value"
    ]


def _doubts(kept: Sequence[tuple[Recorded, Sample]]) -> list[str]:
    doubts = []
    if others := sum(_asks_another(answer, sample) for answer, sample in kept):
        doubts.append(
            f"{kept[0][1].setting.id}: {others} recorded prompts do not hold their item's text; "
            "are these recordings in the order of the data?"
        )
    if bare := sum(_lacks_options(sample) for _, sample in kept):
        doubts.append(
            f"{kept[0][1].setting.id}: {bare} items carry no options, so that an answer in an "
            "option's own words may be read as none"
        )
    return doubts


def _lacks_options(sample: Sample) -> bool:
    return sample.setting.form is LabelForm.SYMBOL and not sample.options


def _asks_another(answer: Recorded, sample: Sample) -> bool:
    """Whether the prompt that was recorded too lacks a text of the item it should ask."""
    if answer.asked is None:
        return False
    return any(text.strip() not in answer.asked for text in sample.fields.values())
