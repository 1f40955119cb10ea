"""The demonstrations of a few-shot setting: the first rows of one of a file's runs."""

from __future__ import annotations

from trusteval.benchmarks.source import DataSource, Row
from trusteval.errors import DataError
from trusteval.types import Setting


def demonstration_rows(
    source: DataSource, name: str, part: str, run: str, setting: Setting
) -> list[Row]:
    if not setting.shots:
        return []
    rows = source.json_rows(name, part, run)
    if len(rows) < setting.shots:
        raise DataError(
            f"{source.root / name}: expected {setting.shots} demonstrations under {part}/{run}, "
            f"got {len(rows)}"
        )
    return rows[: setting.shots]
