"""What the change of the reader alone moved in a recorded run: the same words, then and now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.item_options import ItemOptions
from trusteval.tracking.items import item_name, shown_answer, shown_text
from trusteval.tracking.measured import measured
from trusteval.tracking.reader_version import protocol_of
from trusteval.tracking.rereading import lacks_options, read_anew, unsaid, with_options
from trusteval.types import Score, Unavailable

_ELECTED = "elected anew"
_CURE = "run it again: no model runs for what the store holds"


@dataclass(frozen=True, slots=True)
class MovedItem:
    """An item whose answer is read otherwise: the words, both readings, what the new one rests on.

    A vote has no words; its rule says that it is elected anew.
    """

    id: str
    text: str
    target: str
    words: str
    before: str
    after: str
    rule: str
    span: str


@dataclass(frozen=True, slots=True)
class PartReadAnew:
    """A subject's benchmark of `n` answers, as recorded and as read now, or `why` it cannot be.

    `moves` count the answers that are read otherwise, as they are shown, most frequent first;
    `items` are some of them, of every move one first.
    """

    subject: str
    benchmark: str
    n: int
    before: Score | None = None
    after: Score | None = None
    moves: Mapping[tuple[str, str], int] = field(default_factory=dict)
    items: tuple[MovedItem, ...] = ()
    why: str = ""

    @property
    def n_moved(self) -> int:
        return sum(self.moves.values())


def read_parts_anew(
    run: AnsweredRun, subjects: Iterable[str], *, options: ItemOptions, most: int | None
) -> list[PartReadAnew]:
    """Read everything that subjects of a run said anew; keep at most `most` items of each part."""
    sample_tables: dict[str, SampleTable | Unavailable] = {}
    parts = []
    for key in [key for name in subjects for key in run.answer_tables if key[0] == name]:
        answer_table, benchmark = run.answer_tables[key], key[1]
        if (missing := unsaid(run, *key)) is not None:
            parts.append(PartReadAnew(*key, len(answer_table), why=f"{missing.why}; {_CURE}"))
            continue
        if benchmark not in sample_tables:
            sample_tables[benchmark] = _with_options(
                run, benchmark, answer_table.sample_table, options
            )
        sample_table = sample_tables[benchmark]
        anew = (
            sample_table
            if isinstance(sample_table, Unavailable)
            else read_anew(run, *key, sample_table=sample_table)
        )
        if isinstance(anew, Unavailable):
            parts.append(PartReadAnew(*key, len(answer_table), why=anew.why))
        else:
            parts.append(
                _part(
                    run, key, replace(answer_table, sample_table=anew.sample_table), anew, most=most
                )
            )
    return parts


def _with_options(
    run: AnsweredRun, benchmark: str, sample_table: SampleTable, options: ItemOptions
) -> SampleTable | Unavailable:
    """Return a sample table whose letters can be read, or say why there is none."""
    if not any(map(lacks_options, sample_table.samples)):
        return sample_table
    found = options.of(benchmark, data=run.data.get(benchmark, DataFacts()))
    return found if isinstance(found, Unavailable) else with_options(sample_table, found)


def _part(
    run: AnsweredRun,
    key: tuple[str, str],
    before: AnswerTable,
    after: AnswerTable,
    *,
    most: int | None,
) -> PartReadAnew:
    protocol = protocol_of(run.facts)
    scoring = protocol.scoring(key[1], settings=after.sample_table.settings)
    old, new = (one.of_score.score for one in measured(scoring, before, after))
    then, now = (
        [shown_answer(answer) for answer in answer_table.answers]
        for answer_table in (before, after)
    )
    moved = {
        row: (then[was], now[is_])
        for row, (was, is_) in enumerate(
            zip(before.code.tolist(), after.code.tolist(), strict=True)
        )
        if then[was] != now[is_]
    }
    moves = Counter(moved.values())
    return PartReadAnew(
        *key,
        n=len(after),
        before=old,
        after=new,
        moves=dict(sorted(moves.items(), key=lambda move: (-move[1], move[0]))),
        items=tuple(
            _item(run, key, after.sample_table, row, *moved[row]) for row in _varied(moved)[:most]
        ),
    )


def _varied(moved: Mapping[int, tuple[str, str]]) -> list[int]:
    """Order rows so that one of every move comes first."""
    seen: Counter[tuple[str, str]] = Counter()
    turn = {}
    for row, move in moved.items():
        turn[row] = seen[move]
        seen[move] += 1
    return sorted(moved, key=lambda row: (turn[row], row))


def _item(
    run: AnsweredRun,
    key: tuple[str, str],
    sample_table: SampleTable,
    row: int,
    before: str,
    after: str,
) -> MovedItem:
    sample, said = sample_table.samples[row], run.said.get(key)
    words, rule, span = "", _ELECTED, ""
    if said is not None:
        reading = protocol_of(run.facts).read(sample, said.at(row))
        words, rule, span = said.at(row).text, reading.rule, reading.span
    return MovedItem(
        item_name(sample), shown_text(sample), sample.target, words, before, after, rule, span
    )
