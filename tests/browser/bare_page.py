"""The barest page that can hold the browser of answers, under the policy of report.html."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from trusteval.report.browse.browser import BUDGET, Browser, browser_of
from trusteval.report.finished_run import FinishedRun

_COLOURS = {
    "light": "--ink:#1b1f24;--paper:#fff;--muted:#57606a;--line:#d0d7de;--panel:#f4f5f7;"
    "--pass:#0e7c72;--warn:#5c3d00;--fail:#b93410;--open:#6847ba;"
    "--series-1:#0056c7;--series-2:#e86c10;",
    "dark": "--ink:#e8eaed;--paper:#14171c;--muted:#a8b0ba;--line:#3a424d;--panel:#1e232b;"
    "--pass:#3ddc97;--warn:#f0b429;--fail:#ff8a70;--open:#b9a7ff;"
    "--series-1:#6298ec;--series-2:#e2572b;",
}
_STYLE = (
    f":root{{color-scheme:light dark;{_COLOURS['light']}}}"
    f"@media(prefers-color-scheme:dark){{:root{{{_COLOURS['dark']}}}}}"
    "body{color:var(--ink);background:var(--paper);font:16px/1.5 system-ui,sans-serif;margin:1rem}"
)


def page_text(browser: Browser) -> str:
    """Return a page that holds a browser, and lets run what the policy of report.html does."""
    style = _STYLE + browser.css
    policy = "; ".join(
        (
            f"default-src 'none'; script-src '{_fingerprint(browser.script)}'",
            f"style-src '{_fingerprint(style)}'",
            "img-src 'none'; base-uri 'none'; form-action 'none'",
        )
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Answers</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{style}</style>'
        f"</head><body><main><h1>Report</h1>{browser.html}</main>"
        f"<script>{browser.script}</script></body></html>"
    )


def write_page(path: Path, run: FinishedRun, *, budget: int = BUDGET) -> Path:
    """Write a page of a run's answers."""
    path.write_text(page_text(browser_of(run, budget=budget)), encoding="utf-8")
    return path


def _fingerprint(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
