"""Lets in who can be judged: variants that are whole, votes whose members share their tokens."""

from __future__ import annotations

import math
from collections.abc import Collection

from trusteval.checkpoints.vocabulary import refuse_mixed_vocabularies, vocabularies_differ
from trusteval.engines.health import complaint
from trusteval.errors import BrokenError, TrustEvalError
from trusteval.evaluation.recorder import Recorder
from trusteval.types import Ensemble, Health, Variant


class Admission:
    """Whom a run judges; everybody is looked at once.

    `dense` is the model that its quantized variants are held beside, `references` name the further
    dense models, which are others.
    """

    def __init__(
        self, recorder: Recorder, *, dense: Variant | None, references: Collection[str]
    ) -> None:
        self._recorder = recorder
        self._dense = dense
        self._references = references
        self._whole: set[str] = set()
        self._of_one_vocabulary: set[str] = set()

    def require_whole(self, variant: Variant) -> None:
        """Raise BrokenError if the variant is too damaged to be judged (`engines.health`)."""
        if variant.name in self._whole:
            return
        with self._recorder.remembering_failure(variant):
            standard = self._standard_for(variant)
            health = self._recorder.health(variant)
            said = health and complaint(health, dense=standard)
            if said:
                raise BrokenError(f"{variant.name} is broken: {said}", subject=variant.name)
        self._whole.add(variant.name)

    def require_one_vocabulary(self, ensemble: Ensemble) -> None:
        """Raise VariantError if a member of an ensemble reads other tokens than the first."""
        if ensemble.name in self._of_one_vocabulary:
            return
        vocabularies = self._recorder.backend.vocabularies
        members = {member.name: vocabularies(member) for member in ensemble.members}
        refuse_mixed_vocabularies(ensemble.name, members)
        self._of_one_vocabulary.add(ensemble.name)

    def _standard_for(self, variant: Variant) -> Health | None:
        """Return the health of the dense model a variant stands beside, if it can be had.

        None for that model itself, and for a further one (trust_references), which is another.
        """
        dense = self._dense
        if dense is None or variant.name in (dense.name, *self._references):
            return None
        try:
            if vocabularies_differ(*map(self._recorder.backend.vocabularies, (dense, variant))):
                return None
            found = self._recorder.health(dense)
        except TrustEvalError:
            return None  # its own tests say what is wrong with it
        return found if found is not None and math.isfinite(found.perplexity) else None
