"""Shows how far long work has come; silent unless somebody is watching a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from trusteval.printable import printable

Advance = Callable[[int], None]
"""Called with how many of the total are done by now."""

ProgressBar = Callable[[str, int], AbstractContextManager[Advance]]
"""Opened with what is done and how many steps it takes."""


Say = Callable[[str], None]
"""Called with one line for whoever watches: what is waited for."""


def say_nothing(line: str) -> None:
    """Tell nobody."""


@contextmanager
def no_progress(what: str, total: int) -> Iterator[Advance]:
    """Show nothing."""
    yield lambda done: None


def terminal_progress(write: Callable[[str], None]) -> ProgressBar:
    """Draw one self-erasing bar by calling `write` with text for a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn
    from rich.progress import TextColumn as Text

    class Terminal:
        def write(self, text: str) -> int:
            write(text)
            return len(text)

        def flush(self) -> None:
            pass

    @contextmanager
    def bar(what: str, total: int) -> Iterator[Advance]:
        console = Console(file=Terminal(), force_terminal=True)  # type: ignore[arg-type]
        columns = (
            Text("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True, refresh_per_second=4) as progress:
            task = progress.add_task(printable(what), total=total)
            yield lambda done: progress.update(task, completed=done)

    return bar
