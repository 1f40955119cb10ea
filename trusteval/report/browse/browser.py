"""Makes the part of report.html in which people look at answers, of all that a run holds of them.

Nothing is loaded from elsewhere: the data stand in the page, packed, as scripts of a type that no
browser runs. What cannot be shown is said where it would stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import accumulate

from trusteval.printable import printable_line
from trusteval.report.browse.index import index_of
from trusteval.report.browse.packing import packed
from trusteval.report.browse.part import Parts, parts_of
from trusteval.report.browse.pieces import Paragraphs
from trusteval.report.browse.texts import Chunks
from trusteval.report.browse.withheld import Text, Withheld, dispensable
from trusteval.report.finished_run import FinishedRun
from trusteval.types import Unavailable

BUDGET = 12_000_000
"""Bytes that the packed answers may take: a report with all its pictures stays under 15 MB."""
_SCRIPT = (
    *("packed", "answers", "search", "address", "elements"),
    *("filters", "row", "list", "card", "item", "browser"),
)
"""The files of the script, in the order in which they stand in the page."""
_FEWER = 0.98
"""Of what is left out a little more than needed: how well texts pack is only estimated."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A section of a page, the styles and the script that it needs, and what a reader must know.

    `html` can stand in any page whose policy lets `css` and `script` be, as they are written here;
    `notes` are texts, not yet escaped. The section says them too.
    """

    html: str
    css: str
    script: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Packed:
    """The index and the chunks as they stand in the page; `n_letters` of texts are in them."""

    index: str
    chunks: tuple[str, ...]
    n_letters: int

    @property
    def size(self) -> int:
        return len(self.index) + sum(map(len, self.chunks))


def browser_of(run: FinishedRun, *, budget: int = BUDGET) -> Browser:
    """Return the answers of a run to look at; `budget` is in bytes, of the packed answers.

    Where a run's answers cannot be read, a section that says why, without a script.
    """
    if isinstance(run.answers, Unavailable):
        why = f"The answers of this run cannot be shown: {printable_line(run.answers.why)}."
        return Browser(_rendered(None, n_answers=0, notes=(why,)), _read("answers.css"), "", (why,))
    parts = parts_of(run.answers, run.record.subjects)
    found, withheld = _fitted(run, parts, budget=budget)
    notes = tuple(map(printable_line, _notes(run, parts, found, withheld, budget)))
    html = _rendered(found, n_answers=parts.n_answers, notes=notes)
    return Browser(html, _read("answers.css"), _script(), notes)


def _fitted(run: FinishedRun, parts: Parts, *, budget: int) -> tuple[_Packed, Withheld]:
    """Pack what fits; what has to be left out goes in the order of `dispensable`."""
    withheld = Withheld()
    paragraphs = Paragraphs()
    found = _pack(run, parts, withheld, paragraphs)
    if found.size <= budget:
        return found, withheld
    left = dispensable(parts.parts, paragraphs)
    while found.size > budget and left:
        rate = max(found.size - len(found.index), 1) / max(found.n_letters, 1)
        n = _how_many(left, letters=(found.size - _FEWER * budget) / rate)
        withheld, left = withheld.and_also(left[:n]), left[n:]
        found = _pack(run, parts, withheld, paragraphs)
    return found, withheld


def _how_many(texts: Sequence[Text], *, letters: float) -> int:
    """Return how many of the first texts have so many letters together."""
    sizes = accumulate(text.size for text in texts)
    return 1 + sum(size < letters for size in sizes)


def _pack(run: FinishedRun, parts: Parts, withheld: Withheld, paragraphs: Paragraphs) -> _Packed:
    cut = Chunks(parts.subjects, withheld, paragraphs)
    places: list[dict[str, int]] = []
    chunks: list[str] = []
    for chunk in cut.of(parts.parts):
        places.append({"benchmark": chunk.benchmark, "item": chunk.item, "piece": chunk.piece})
        chunks.append(packed(chunk.texts))
    index = {**index_of(run.record, parts, list(cut.rules)), "chunks": places}
    index["isShort"] = bool(withheld.texts)
    return _Packed(packed(index), tuple(chunks), cut.n_letters)


def _notes(
    run: FinishedRun, parts: Parts, found: _Packed, withheld: Withheld, budget: int
) -> Iterator[str]:
    if withheld.texts:
        yield withheld.note(budget=budget)
    if found.size > budget:
        yield f"The answers take {found.size / 1e6:,.1f} MB even so: there are many of them."
    mute = [part.benchmark for part in parts.parts if part.prompts is None]
    if mute:
        yield (
            f"This run holds no prompts of {', '.join(mute)}, as runs of earlier versions do not: "
            "the items' own texts are shown."
        )
    yield from (f"{line[:1].upper()}{line[1:]}." for line in parts.left_out)
    for subject, benchmarks in run.record.lost_answers.items():
        yield f"{subject} was judged on {', '.join(benchmarks)}; its answers were not kept."
    answered = set(parts.subjects)
    for subject in run.record.subjects:
        if subject not in answered and subject not in run.record.lost_answers:
            yield f"No answers of {subject} are among those of the run."


def _rendered(found: _Packed | None, *, n_answers: int, notes: Sequence[str]) -> str:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=True
    )
    return environment.from_string(_read("answers.html.j2")).render(
        found=found, n_answers=n_answers, notes=notes
    )


def _script() -> str:
    """Put the files of the script together; none of their names is seen outside."""
    read = [_read(f"script/{name}.js").removeprefix('"use strict";\n') for name in _SCRIPT]
    return "\n".join(["(() => {", '"use strict";', *read, "})();", ""])


def _read(name: str) -> str:
    return (files("trusteval.report.browse") / name).read_text(encoding="utf-8")
