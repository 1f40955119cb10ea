"""What a command found, as a file of JSON for other programs: --json OUT."""

from __future__ import annotations

import json
from pathlib import Path

from trusteval.system.files import write_files


def write_json(path: Path | None, document: object) -> None:
    """Write plain values where that is asked for, sorted."""
    if path is not None:
        write_files({path: json.dumps(document, indent=2, sort_keys=True)})
