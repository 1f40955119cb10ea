"""The answers of a run counted by hand, and a page of them as a reader uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.browsable import browsable, prompt
from tests.browser.visits import Visit
from trusteval.answers.voting import vote
from trusteval.report.references import Side, reference_of
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Answer, Ballot, Invalid, Label, Sample

RUN = browsable()
ANSWERS = RUN.answers
assert isinstance(ANSWERS, AnsweredRun)


@dataclass(frozen=True, slots=True)
class Row:
    """One answer, as a reader of the run's files counts it."""

    benchmark: str
    subject: str
    place: int
    sample: Sample
    answer: Answer

    @property
    def name(self) -> str:
        return f"{self.benchmark}/{self.sample.setting.name}/{self.sample.id}"

    @property
    def is_right(self) -> bool:
        return self.answer == Label(self.sample.target)


ROWS = [
    Row(benchmark, subject, place, judged.sample, judged.answer)
    for (subject, benchmark), table in ANSWERS.answer_tables.items()
    for place, judged in enumerate(table)
]


def flips(row: Row, *, lost: bool) -> bool:
    """Say whether an answer flipped against a reference of one of its gates."""
    names = {
        verdict.reference
        for verdict in RUN.record.verdicts
        if (verdict.subject, verdict.benchmark) == (row.subject, row.benchmark)
    }
    sides = [
        reference_of(ANSWERS, subject=row.subject, benchmark=row.benchmark, reference=name)
        for name in names
        if name is not None
    ]
    found = [side.answers[row.place].correct for side in sides if isinstance(side, Side)]
    return any(right == lost and row.is_right != lost for right in found)


def ballots(row: Row) -> list[Ballot]:
    return [
        Ballot(member, ANSWERS.answer_tables[member.name, row.benchmark][row.place].answer)
        for member in ANSWERS.members.get((row.subject, row.benchmark), ())
    ]


def is_tie(row: Row) -> bool:
    cast = ballots(row)
    policy = row.sample.setting.refusal_policy
    return bool(cast) and vote(cast, policy=policy).tie_broken_by is not None


def disagrees(row: Row) -> bool:
    return len({ballot.answer for ballot in ballots(row)}) > 1


def says(row: Row, words: str) -> bool:
    said = ANSWERS.said.get((row.subject, row.benchmark))
    texts = [row.sample.fields["text"], *(turn.content for turn in prompt(row.sample))]
    if said is not None:
        texts.append(said.at(row.place).text)
    return any(words.lower() in text.lower() for text in texts)


def is_invalid(row: Row, reason: str) -> bool:
    return isinstance(row.answer, Invalid) and row.answer.reason == reason


def count(visit: Visit, n: int) -> None:
    """Wait until so many answers are said to be shown."""
    said = f"{n:,} of {len(ROWS):,} answers."
    visit.page.get_by_role("status").filter(has_text=f"{said}").wait_for()
    assert visit.page.get_by_role("status").text_content() == said


_ROWS = """
rows => rows.map(row => {
  const [subject, name] = row.querySelectorAll("b, .answers-name");
  return [row.getAttribute("aria-posinset"), subject.textContent, name.textContent];
})
"""
"""All rows that are there at once: asking the browser takes longer than its answer."""


def rows(visit: Visit) -> list[str]:
    """Return the items of all rows, scrolling through the list."""
    found: dict[int, str] = {}
    visit.page.locator("#answers-list").focus()
    visit.page.keyboard.press("Home")
    size = int(visit.page.locator("[role=option]").first.get_attribute("aria-setsize"))
    while len(found) < size:
        for place, subject, name in visit.page.locator("[role=option]").evaluate_all(_ROWS):
            found[int(place)] = f"{subject} {name}"
        visit.page.keyboard.press("PageDown")
    return [found[place] for place in sorted(found)]


def go(visit: Visit, query: str) -> None:
    visit.page.evaluate("where => { location.hash = where; }", f"answers?{query}")


def opened(visit: Visit, row: Row) -> Any:
    """Open an answer; return the first card, which is its own."""
    go(visit, f"item={row.name}&by={row.subject}")
    visit.page.get_by_role("heading", name=row.name).wait_for()
    return visit.page.locator(".answers-card").first
