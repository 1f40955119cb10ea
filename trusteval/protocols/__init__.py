"""How answers are read from texts, one row per protocol; the same recording serves all."""

from __future__ import annotations

from collections.abc import Callable

from trusteval.protocols.strict import extract as strict_extract
from trusteval.types import Answer, Response, Sample

Extract = Callable[[Sample, Response], Answer]

PROTOCOLS: dict[str, Extract] = {"strict": strict_extract}
