"""Draws the pictures of docs after `make gate`: `python docs/pictures/draw.py [REPORTS]`."""

from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

HERE = Path(__file__).parent
STYLES = {"PASS": "green", "WARN": "yellow", "FAIL": "bold red", "ERROR": "bold magenta"}
OUTCOMES = (
    ("PASS", "the whole interval keeps the limit", 1.2, 2.1, "tab:green"),
    ("INCONCLUSIVE", "too few samples: it could be either", 2.2, 3.4, "tab:olive"),
    ("FAIL", "shown to be worse, the other rows counted", 4.6, 5.9, "tab:red"),
    ("PASS", "more samples, the same model as in the second line", 2.55, 2.95, "tab:green"),
)
LIMIT = 3.0


def draw_report(reports: Path) -> None:
    """Draw what `trusteval report` prints of a folder of reports."""
    from rich.console import Console
    from rich.text import Text

    printed = subprocess.run(
        [sys.executable, "-m", "trusteval", "report", str(reports)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    first = next(i for i, line in enumerate(printed) if "dimension" in line) - 1
    last = next(i for i, line in enumerate(printed) if line.startswith("perplexity")) - 1
    console = Console(record=True, width=118, file=StringIO())
    for line in printed[first:last]:
        text = Text(line)
        for word, style in STYLES.items():
            text.highlight_words([word], style)
        console.print(text)
    drawn = console.export_svg(title="trusteval report", unique_id="report")
    # Fonts from elsewhere are not loaded: every reader has one of a fixed width.
    drawn = re.sub(r"@font-face \{.*?\}\n", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("Fira Code, monospace", "monospace")
    (HERE / "report.svg").write_text(drawn, encoding="utf-8")


def draw_outcomes() -> None:
    """Draw intervals of a drop against `max_drop = 3`, and what each is called."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    mpl.rcParams |= {"svg.hashsalt": "trusteval", "svg.fonttype": "none"}
    figure, axes = plt.subplots(figsize=(8, 2.6), layout="constrained")
    for place, (verdict, why, low, high, colour) in enumerate(reversed(OUTCOMES)):
        axes.plot([low, high], [place, place], color=colour, linewidth=4, solid_capstyle="butt")
        axes.plot((low + high) / 2, place, "o", color=colour)
        axes.text(6.3, place, f"{verdict}: {why}", va="center", fontsize=9)
    axes.axvline(LIMIT, color="black", linestyle="--", linewidth=1)
    axes.text(LIMIT + 0.1, len(OUTCOMES) - 0.4, "max_drop = 3", fontsize=9)
    axes.set(xlim=(0, 12), ylim=(-0.6, len(OUTCOMES)), yticks=[], xticks=range(7))
    axes.set_xlabel("points lost to the dense model, 90 % interval", loc="left")
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    figure.savefig(HERE / "outcomes.svg", metadata={"Date": None})


if __name__ == "__main__":
    draw_report(Path(sys.argv[1] if len(sys.argv) > 1 else "reports/latest"))
    draw_outcomes()
