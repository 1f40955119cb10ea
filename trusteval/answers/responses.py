"""What a variant said to samples, in columns: so that it can be read anew, without data.

A vote says nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.answers.table import Codes, Flags, coded
from trusteval.types import FinishReason, Response


@dataclass(frozen=True, slots=True, eq=False)
class ResponseTable:
    """Responses, a row per sample of a sample table, in its order.

    `texts` are the different ones, `code` says which was the response to each sample, `cut` which
    ended at the token limit.
    """

    texts: tuple[str, ...]
    code: Codes
    cut: Flags

    @classmethod
    def of(cls, responses: Sequence[Response]) -> ResponseTable:
        """Write responses down."""
        texts, code = coded([response.text for response in responses])
        cut = np.array([response.finish_reason is FinishReason.LENGTH for response in responses])
        return cls(texts, code, cut.astype(np.bool_))

    def __len__(self) -> int:
        return len(self.code)

    def at(self, row: int) -> Response:
        """Return one response; of its tokens nothing is known."""
        finish = FinishReason.LENGTH if self.cut[row] else FinishReason.END
        return Response(self.texts[self.code[row]], finish, n_prompt_tokens=0, n_new_tokens=0)

    def responses(self) -> Iterator[Response]:
        """Return every response in order."""
        return map(self.at, range(len(self)))

    def only(self, rows: Codes) -> ResponseTable:
        """Keep some of the rows, in the order they are named."""
        return ResponseTable(self.texts, self.code[rows], self.cut[rows])
