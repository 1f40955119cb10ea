"""Stands in for the pictures and the browser of answers until they are there."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.report.finished_run import FinishedRun
from trusteval.tables import Table


@dataclass(frozen=True, slots=True)
class Picture:
    name: str
    title: str
    caption: str
    svgs: tuple[str, ...]
    table: Table | None
    missing: str


@dataclass(frozen=True, slots=True)
class Browser:
    html: str
    css: str
    script: str
    notes: tuple[str, ...]


def pictures_of(run: FinishedRun) -> tuple[Picture, ...]:
    return ()


def browser_of(run: FinishedRun) -> Browser:
    html = '<section id="answers"><h2>Browse the answers</h2></section>'
    return Browser(html, "", "", ())
