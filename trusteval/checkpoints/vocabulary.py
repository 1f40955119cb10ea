"""Whether two checkpoints read the same tokens, whichever library saved their tokenizers.

Members of a vote are precisions of one model; another vocabulary is another model. Tokens that
were added later, such as padding, do not count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from trusteval.checkpoints.config_files import MOST_LISTED
from trusteval.checkpoints.fingerprints import file_fingerprint, remembered
from trusteval.errors import ModelError, VariantError
from trusteval.system.bounded import read_json
from trusteval.system.files import abbreviated


def vocabularies(path: Path, *, cache: Path | None = None) -> dict[str, str]:
    """Return the sha256 of a checkpoint's tokens for each kind of file that holds them.

    Kinds are "tokenizer.json" and "tokenizer.model" (SentencePiece). Reading a large vocabulary
    takes long: `cache` keeps what was found. Raises ModelError for a tokenizer.json that cannot
    be read.
    """
    found = {}
    fast, pieces = path / "tokenizer.json", path / "tokenizer.model"
    if fast.is_file() and cache is not None:
        found[fast.name] = remembered([fast], find=_tokens, cache=cache, what="tokens of ")[0]
    elif fast.is_file():
        found[fast.name] = _tokens(fast)
    if pieces.is_file():
        found[pieces.name] = file_fingerprint(pieces)
    return found


def _tokens(fast: Path) -> str:
    try:
        tokens = read_json(fast, most=MOST_LISTED)["model"]["vocab"]
        # A dictionary of ids, or a list of [token, score] in the order of ids.
        pairs = (
            sorted(tokens.items(), key=lambda pair: pair[1])
            if isinstance(tokens, dict)
            else [[token, place] for place, (token, *_) in enumerate(tokens)]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{fast} holds no vocabulary: {abbreviated(error)}") from error
    return hashlib.sha256(json.dumps(pairs).encode()).hexdigest()


def vocabularies_differ(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two `vocabularies` disagree in every kind of file that both have."""
    shared = one.keys() & other.keys()
    return bool(shared) and all(one[kind] != other[kind] for kind in shared)


def refuse_mixed_vocabularies(ensemble: str, members: Mapping[str, Mapping[str, str]]) -> None:
    """Raise VariantError if a member reads other tokens than the first one known."""
    known = [(name, kinds) for name, kinds in members.items() if kinds]
    for name, kinds in known[1:]:
        first, expected = known[0]
        if vocabularies_differ(expected, kinds):
            raise VariantError(
                f"ensemble {ensemble}: {name} reads other tokens than {first}; members have to be "
                "precisions of one model"
            )
