"""Takes the screenshots of docs: `python -m docs.pictures.screenshots NAME REPORT.html`.

Needs Chromium and the extra `dev`. Each picture is named after NAME and what it shows.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from tests.browser.visits import Browser, browser_at, chromium_path

HERE = Path(__file__).parent
COLOURS = 255
"""So few that a clone stays small."""


@dataclass(frozen=True, slots=True)
class Shot:
    """What is seen of a page: its window in CSS pixels, and the place in the page.

    One that `opens` shows the first answer that is found there.
    """

    name: str
    width: int
    height: int
    anchor: str = ""
    dark: bool = False
    media: str = "screen"
    opens: bool = False


SHOTS = (
    Shot("desktop", 1200, 800),
    Shot("phone", 360, 780),
    Shot("dark", 1200, 800, dark=True),
    Shot("print", 900, 1270, media="print"),
    Shot("verdicts", 1200, 620, "picture-verdicts"),
    Shot("answers", 1200, 800, "answers?vote=disagree"),
    Shot("answers-phone", 360, 780, "answers?vote=disagree", dark=True),
    Shot("answer", 1200, 900, "answers?vote=disagree", opens=True),
)


def shoot(browser: Browser, report: Path, shot: Shot) -> bytes:
    """Open a page as a reader does and return the picture of what is seen."""
    window = {"width": shot.width, "height": shot.height, "dark": shot.dark}
    with browser.visit(report, anchor=shot.anchor, **window) as visit:
        visit.page.emulate_media(media=shot.media)
        visit.page.wait_for_timeout(1500)  # texts of rows come after the rows
        if shot.opens:
            visit.page.locator("#answers-list [role=option]").first.click()
            visit.page.wait_for_timeout(1500)
        taken: bytes = visit.page.screenshot()
    return taken


def main(name: str, report: str) -> None:
    """Take every screenshot of a report."""
    from PIL import Image

    chromium = chromium_path()
    if chromium is None:
        sys.exit("no Chromium: name one by TRUSTEVAL_CHROMIUM")
    with browser_at(chromium) as browser:
        for shot in SHOTS:
            picture = Image.open(BytesIO(shoot(browser, Path(report), shot))).convert("RGB")
            picture.quantize(COLOURS).save(HERE / f"{name}-{shot.name}.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
