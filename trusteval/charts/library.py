"""matplotlib, used so that nobody notices: its own settings, no window, no warning, no log.

What a user has set is neither read nor changed. Without a home that can be written, matplotlib
keeps its list of fonts in a temporary folder.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from trusteval.charts.look import PER_INCH
from trusteval.errors import DrawingError

_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # the one that comes with matplotlib: the same bytes everywhere
    "figure.dpi": PER_INCH,
    "hatch.linewidth": 1.2,
    "lines.solid_capstyle": "butt",  # an interval ends where it ends
    "svg.fonttype": "none",
    "svg.hashsalt": "trusteval",
}


@contextmanager
def matplotlib_settled() -> Iterator[None]:
    """Let the body draw with our settings.

    Raises DrawingError where matplotlib cannot be had, and for figures that it has no place for,
    such as those near the largest number that there is.
    """
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.CRITICAL)  # fonts that lack letters, homes that cannot be written
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                import matplotlib as mpl
                import matplotlib.figure  # and its list of fonts
            except (ImportError, OSError, UnicodeError) as error:
                raise DrawingError(
                    "pictures need matplotlib, which trusteval depends on and which cannot be "
                    f"loaded: pip install matplotlib ({error})"
                ) from error
            with mpl.rc_context():
                mpl.rcdefaults()
                mpl.rcParams.update(_SETTINGS)
                try:
                    yield
                except (OverflowError, ValueError) as error:
                    raise DrawingError(f"it cannot be drawn: {error}") from error
    finally:
        log.setLevel(level)
