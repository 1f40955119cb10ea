"""Asks an engine for what is missing of a part of a sheet: answers, or the labels' weights too."""

from __future__ import annotations

from collections.abc import Collection, Generator

from trusteval.engines.contract import generated, weighed
from trusteval.engines.engine import Engine
from trusteval.evaluation.sheet import Batch, Sheet
from trusteval.types import Variant


def asked_of(
    engine: Engine, variant: Variant, sheet: Sheet, part: range, *, rows: Collection[int]
) -> Generator[Batch]:
    """Yield what an engine makes of some rows of a part, which are not whole.

    What is answered already is only weighed. Raises UnweighedError where it cannot be.
    """
    prompts = [sheet.questions[row].prompt for row in part]
    done = frozenset(place for place, row in enumerate(part) if row not in rows)
    limit, draw = sheet.setting.max_new_tokens, variant.draw
    if not sheet.is_weighed:
        for answers in generated(
            engine, variant, prompts, max_new_tokens=limit, done=done, draw=draw
        ):
            said = {sheet.keys[part[place]]: response for place, response in answers.items()}
            yield Batch(len(said), said)
        return
    answered = frozenset(place for place, row in enumerate(part) if sheet.is_answered(row))
    for told in weighed(
        *(engine, variant, prompts),
        labels=sheet.labels,
        max_new_tokens=limit,
        done=done,
        answered=answered - done,
        draw=draw,
    ):
        yield Batch(
            len(told),
            {
                sheet.keys[part[place]]: one.response
                for place, one in told.items()
                if one.response is not None
            },
            {sheet.label_key(part[place]): one.logs for place, one in told.items()},
        )
