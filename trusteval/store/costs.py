"""What recording answers took: a row for those of a part of a setting, a row for every load.

A row names its answers by the beginnings of their keys. An answer that several rows name, since
two processes made it or it was thrown away meanwhile, counts in the first.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from trusteval.store.database import Database, damaged
from trusteval.store.schema import INSERT_COST, REPLACE_COST, cost_row
from trusteval.store.stored import MARK_BYTES, CostRow, read_cost, shown_key
from trusteval.types import Cost, Effort, Load, Memory, Response


@dataclass(frozen=True, slots=True)
class Share:
    """The part of an effort that went into some answers: `n` of the answers it was spent on."""

    effort: Effort
    n: int
    of: int

    @property
    def wall_seconds(self) -> float:
        return self.effort.wall_seconds * self.n / self.of

    @property
    def processor_seconds(self) -> float | None:
        spent = self.effort.processor_seconds
        return None if spent is None else spent * self.n / self.of


@dataclass(frozen=True, slots=True)
class RecordedCosts:
    """Everything that was measured of one context, the first to be recorded first.

    `efforts` are what was spent, and the marks of the answers that it was spent on.
    """

    efforts: tuple[tuple[frozenset[bytes], Effort], ...] = ()
    loads: tuple[Load, ...] = ()

    def of(self, answered: Mapping[str, Response]) -> Cost:
        """Return what these answers cost, which are named by their keys."""
        shares, responses = self._shares(answered), answered.values()
        efforts = [share.effort for share in shares] + [load.effort for load in self.loads]
        memory = _largest([load.memory for load in self.loads if load.memory is not None])
        return Cost(
            n_answers=len(answered),
            n_prompt_tokens=_prompt_tokens(responses),
            n_new_tokens=_new_tokens(responses),
            n_measured=sum(share.n for share in shares),
            wall_seconds=_sum([share.wall_seconds for share in shares]),
            processor_seconds=_sum([share.processor_seconds for share in shares]),
            load_seconds=_median([load.effort.wall_seconds for load in self.loads]),
            loaded_bytes=None if memory is None else memory.loaded_bytes,
            peak_bytes=None if memory is None else memory.peak_bytes,
            memory_kind=None if memory is None else memory.kind,
            machines=tuple(sorted({effort.machine for effort in efforts})),
        )

    def _shares(self, keys: Collection[str]) -> list[Share]:
        """Return the efforts that went into answers, each answer in the first that names it."""
        row_of: dict[bytes, int] = {}
        for row, (marks, _) in enumerate(self.efforts):
            row_of |= dict.fromkeys(marks - row_of.keys(), row)
        asked = Counter(row_of[mark] for key in keys if (mark := _mark(key)) in row_of)
        return [
            Share(self.efforts[row][1], n, of=len(self.efforts[row][0]))
            for row, n in sorted(asked.items())
        ]


def recorded_costs(database: Database, context: str) -> RecordedCosts:
    """Read what was measured of a context, by its digest; nothing of a file of schema 4.

    Raises StoreError for a row that is not as it was written.
    """
    efforts: list[tuple[frozenset[bytes], Effort]] = []
    loads: list[Load] = []
    for row in _rows(database, bytes.fromhex(context)):
        match row.measured:
            case Effort():
                efforts.append((frozenset(row.marks), row.measured))
            case Load():
                loads.append(row.measured)
    return RecordedCosts(tuple(efforts), tuple(loads))


def insert_effort(
    database: Database, context: int, keys: Sequence[bytes], measured: str, *, recorded: int
) -> None:
    """Record what answers took together, inside a transaction."""
    marks = b"".join(key[:MARK_BYTES] for key in keys)
    key = hashlib.sha256(b"".join(keys)).digest()
    row = cost_row(context, key, marks, measured, recorded=recorded)
    database.execute(INSERT_COST, row)


def replace_load(
    database: Database, context: int, key: bytes, measured: str, *, recorded: int
) -> None:
    """Record what a load took, or what is known of it by now, inside a transaction."""
    row = cost_row(context, key, b"", measured, recorded=recorded)
    database.execute(REPLACE_COST, row)


def _rows(database: Database, address: bytes) -> Iterator[CostRow]:
    found = database.execute(
        "SELECT context, key, marks, measured, costs.recorded, checksum FROM costs "
        "JOIN contexts ON number = context WHERE digest = ? ORDER BY costs.recorded, key",
        (address,),
    )
    for columns in found:
        row = read_cost(columns)
        if row is None:
            raise damaged(database.path, f"cost {shown_key(columns[1])} is not as it was recorded")
        yield row


def _mark(key: str) -> bytes:
    return bytes.fromhex(key)[:MARK_BYTES]


def _prompt_tokens(responses: Collection[Response]) -> int | None:
    """Add up what went in; None where an engine did not count: every prompt has tokens."""
    counts = [response.n_prompt_tokens for response in responses]
    return sum(counts) if all(counts) else None


def _new_tokens(responses: Collection[Response]) -> int | None:
    """Add up what came out; None where an engine did not count: every text has tokens."""
    if any(said.text and not said.n_new_tokens for said in responses):
        return None
    return sum(response.n_new_tokens for response in responses)


def _sum(spent: Sequence[float | None]) -> float | None:
    known = [seconds for seconds in spent if seconds is not None]
    return sum(known) if known and len(known) == len(spent) else None


def _median(seconds: Sequence[float]) -> float | None:
    return median(seconds) if seconds else None


def _largest(held: Sequence[Memory]) -> Memory | None:
    """Return the most of what several loads held, of the kind measured last."""
    if not held:
        return None
    alike = [memory for memory in held if memory.kind is held[-1].kind]
    return Memory(
        held[-1].kind,
        loaded_bytes=max(memory.loaded_bytes for memory in alike),
        peak_bytes=max(memory.peak_bytes for memory in alike),
    )
