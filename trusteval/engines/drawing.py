"""The seeds that answers are drawn by: of the prompt and the draw, and of nothing else."""

from __future__ import annotations

from trusteval.system.digests import digest
from trusteval.types import Draw


def seed_of(draw: Draw, asked: object) -> int:
    """Return the seed of one prompt's draw, of 256 bits; `asked` is the prompt, as JSON holds it.

    A seed that all prompts shared would turn their answers the same way.
    """
    drawn = {"asked": asked, "temperature": draw.temperature, "number": draw.number}
    return int(digest(drawn), 16)


def wording_of(draw: Draw | None) -> str:
    """Say how answers are decoded, for the addresses of answers."""
    return "greedy" if draw is None else draw.wording


def notes_of(draw: Draw | None) -> dict[str, str]:
    """Say how answers were drawn, for reports; nothing of greedy ones."""
    return {} if draw is None else {"decoding": draw.wording}
