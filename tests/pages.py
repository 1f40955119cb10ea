"""What stands in a page, found by a parser that is not a browser."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from tests.report.records import RECORDS, TOLD
from trusteval.report.finished_run import FinishedRun
from trusteval.types import Outcome, Unavailable

_STATUS = {"green": 0, "red": 1, "incomplete": 2, "vote": 0}
_RUN = ("script", "style")


@dataclass
class Parsed(HTMLParser):
    """The elements of a page with their attributes, the ids, and its texts and scripts."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    inlined: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        self.ids += [found["id"]] if "id" in found else []
        if tag in _RUN and "type" not in found:
            self._within = tag
            self.inlined.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._within = "" if tag == self._within else self._within

    def handle_data(self, data: str) -> None:
        if self._within:
            self.inlined[self._within][-1] += data
        else:
            self.texts.append(data)

    def of(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def parsed(page: str) -> Parsed:
    """Read a page."""
    found = Parsed()
    found.feed(page)
    found.close()
    return found


def recorded(name: str) -> FinishedRun:
    """Return one of the fixed runs, of which the answers are gone."""
    gone = Unavailable("answers.json.gz is not there")
    return FinishedRun(RECORDS[name], TOLD[name], gone, exit_status=_STATUS[name])


def not_passed(run: FinishedRun) -> FinishedRun:
    """Return a run in which no gate passes."""
    judged = [replace(verdict, outcome=Outcome.FAIL) for verdict in run.record.verdicts]
    return replace(run, record=replace(run.record, verdicts=judged))
