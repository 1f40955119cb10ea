"""Reads what a store recorded of one context, as a run that asked a profile. No model runs.

The addresses of answers are hashes: whoever reads them says what was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from trusteval.answers.probabilities import LabelProbabilities
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.errors import MissingDataError, TrackingError
from trusteval.protocols import PROTOCOLS
from trusteval.store import AskedPrompts, ResponseStore
from trusteval.store.inventory import Stock, inventory
from trusteval.store.probabilities import label_logs_of_responses
from trusteval.suite.origin import demo_origin, find_origin
from trusteval.suite.profiles import find_profile
from trusteval.suite.questions import Questionnaire
from trusteval.system.machine import cache_directory
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.run_facts import PromptFacts, RunFacts
from trusteval.types import Cost

SHOWN_DIGITS = 12
"""How much of a context's digest `trusteval store info` shows; its subject is called so."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What was asked, as options of a run name it."""

    profile: str = "demo"
    protocol: str = "strict"
    data: Path | None = None
    prompts: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RecordedRun:
    """What one context answered, and which benchmarks are left out, with why."""

    run: AnsweredRun
    left_out: tuple[str, ...]


def recorded_run(
    path: Path, prefix: str, asking: Asking, *, questionnaire: Questionnaire | None = None
) -> RecordedRun:
    """Read every benchmark of the profile that is recorded whole.

    `prefix` begins the digest of one context only; `questionnaire` is that of the asking, where it
    has been read already. Raises TrackingError where there is no such context, or nothing is whole.
    """
    if not path.is_file():
        raise TrackingError(f"no response store at {path}")
    store = ResponseStore(path)
    try:
        stock = _stock(store, prefix)
        return _recorded(store, stock, asking, questionnaire or questionnaire_of(asking))
    finally:
        store.close()


def _stock(store: ResponseStore, prefix: str) -> Stock:
    found = [stock for stock in inventory(store) if stock.digest.startswith(prefix.lower())]
    match found:
        case [stock]:
            return stock
        case []:
            raise TrackingError(
                f"{store.path} has no context that begins with {prefix!r}; "
                f"`trusteval store info --store={store.path}` lists them"
            )
        case _:
            shown = ", ".join(stock.digest[:SHOWN_DIGITS] for stock in found[:3])
            raise TrackingError(
                f"{len(found)} contexts of {store.path} begin with {prefix!r} ({shown}); name one "
                "by more digits"
            )


def _recorded(
    store: ResponseStore, stock: Stock, asking: Asking, questionnaire: Questionnaire
) -> RecordedRun:
    subject, protocol = stock.digest[:SHOWN_DIGITS], PROTOCOLS[asking.protocol]
    answer_tables: dict[tuple[str, str], AnswerTable] = {}
    said: dict[tuple[str, str], ResponseTable] = {}
    costs: dict[tuple[str, str], Cost] = {}
    probabilities: dict[tuple[str, str], LabelProbabilities] = {}
    measured, left_out = store.costs(stock.digest), []
    for benchmark in find_profile(asking.profile).settings:
        if not protocol.scores(benchmark):
            why = f"the protocol {protocol.name} does not score it"
            left_out.append(f"{subject}: {benchmark} is left out, {why}")
            continue
        try:
            questions = questionnaire.questions(benchmark)
        except MissingDataError as error:
            left_out.append(f"{subject}: {benchmark} is left out ({error})")
            continue
        keys = _keys(stock.digest, questions)
        recorded = store.get(keys)
        if n := sum(key not in recorded for key in keys):
            missing = f"{n:,} of {len(keys):,} answers are not recorded"
            left_out.append(f"{subject}: {benchmark} is left out, {missing}")
            continue
        if (told := _probabilities(store, stock.digest, questions)) is not None:
            probabilities[subject, benchmark] = told
        samples = [question.sample for question in questions]
        answered = [recorded[key] for key in keys]
        costs[subject, benchmark] = measured.of(recorded)
        said[subject, benchmark] = ResponseTable.of(answered)
        answer_tables[subject, benchmark] = AnswerTable.of(
            SampleTable.of(samples), map(protocol.extract, samples, answered)
        )
    if not answer_tables:
        raise TrackingError("; ".join([f"nothing is whole in {store.path}", *left_out]))
    data = {benchmark: questionnaire.facts(benchmark) for _, benchmark in answer_tables}
    identities = dict.fromkeys(answer_tables, stock.description)
    run = AnsweredRun(
        _facts(asking),
        data,
        identities,
        answer_tables,
        said,
        costs=costs,
        probabilities=probabilities,
    )
    return RecordedRun(run, tuple(left_out))


def questionnaire_of(asking: Asking) -> Questionnaire:
    """Return what was asked; its files are read when its questions are."""
    profile = find_profile(asking.profile)
    origin = demo_origin() if profile.is_demo else find_origin(asking.data, cache=cache_directory())
    return Questionnaire(profile, origin, texts=load_prompt_texts(asking.prompts))


def _facts(asking: Asking) -> RunFacts:
    """Return what tells a run that asks so from others."""
    texts = load_prompt_texts(asking.prompts)
    return RunFacts(
        profile=find_profile(asking.profile).name,
        protocol=asking.protocol,
        reader=PROTOCOLS[asking.protocol].reader_version,
        prompts=PromptFacts(Path(texts.origin).name, texts.sha256),
    )


def _keys(context: str, questions: Sequence[Question]) -> list[str]:
    """Return the key of the answer to each question."""
    return [key for _, keys in _keys_by_labels(context, questions) for key in keys]


def _keys_by_labels(
    context: str, questions: Sequence[Question]
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Yield the labels of each setting, and the key of the answer to each question of it."""
    by_setting: dict[str, list[Question]] = {}
    for question in questions:
        by_setting.setdefault(question.sample.setting.name, []).append(question)
    for asked in by_setting.values():
        prompts = AskedPrompts.of([question.prompt for question in asked])
        setting = asked[0].sample.setting
        labels = tuple(label.value for label in setting.labels)
        yield labels, prompts.keys(context, max_new_tokens=setting.max_new_tokens)


def _probabilities(
    store: ResponseStore, context: str, questions: Sequence[Question]
) -> LabelProbabilities | None:
    """Look up how likely the labels were; None where that is recorded of no answer."""
    told = [
        logs
        for labels, keys in _keys_by_labels(context, questions)
        for logs in label_logs_of_responses(store, keys, labels=labels)
    ]
    samples = [question.sample for question in questions]
    missing = "they were not recorded"
    return LabelProbabilities.of(samples, told, missing=missing) if any(told) else None
