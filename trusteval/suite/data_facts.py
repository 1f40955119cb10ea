"""Which rows of a benchmark a run was asked, and how they differ from the published ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trusteval.system.plain import number_in, said, table_in, text_in, texts_in


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What was read and asked of one benchmark; None is what an earlier version did not say.

    `sha256` is over the rows that were read, `rows_read` of them; `rows` counts those asked, by
    setting. `missing` settings have no data, those that are `deviating` other rows than were
    published; `substitutes` says which file stands in for which, `revisions` of which repository
    which revision was read.
    """

    published_settings: int | None = None
    rows_read: int | None = None
    sha256: str | None = None
    revisions: Mapping[str, str] | None = None
    missing: tuple[str, ...] | None = None
    substitutes: Mapping[str, str] | None = None
    deviating: tuple[str, ...] | None = None
    rows: Mapping[str, int] | None = None

    def to_document(self) -> dict[str, Any]:
        """Return plain values, as verdicts.json and every file of answers hold them."""
        document: dict[str, Any] = said(self)
        return document


def data_facts(document: Mapping[str, Any]) -> DataFacts:
    """Rebuild from a document; what is there and of another kind is not said."""
    return DataFacts(
        published_settings=number_in(document, "published_settings"),
        rows_read=number_in(document, "rows_read"),
        sha256=text_in(document, "sha256"),
        revisions=table_in(document, "revisions"),
        missing=texts_in(document, "missing"),
        substitutes=table_in(document, "substitutes"),
        deviating=texts_in(document, "deviating"),
        rows=table_in(document, "rows"),
    )
