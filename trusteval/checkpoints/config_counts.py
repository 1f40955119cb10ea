"""Refuses a config that counts what no weights hold, ahead of whoever builds as many as it says.

A loader that is told of 10^9 layers makes a list of as many before it looks at a tensor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trusteval.errors import ModelError
from trusteval.system.files import abbreviated

_LAYERS = frozenset(
    {
        *("num_hidden_layers", "num_layers", "n_layers", "n_layer", "num_decoder_layers"),
        *("decoder_layers", "encoder_layers", "num_encoder_layers", "num_residual_layers"),
        *("num_mtp_layers", "num_nextn_predict_layers", "depth", "block_count", "num_blocks"),
    }
)
_LABELS = "num_labels"
_MOST_LABELS = 2**16
_MOST = 2**24
"""Beyond every number of heads, experts, features and tokens of a vocabulary."""
_MAGNITUDE = re.compile(
    r"theta|base|position|length|(^|_)len(_|$)|window|ctx|context|seed|_ids?$|max_|token|freq"
    r"|factor|scale|size_in|total|version"
)
"""Numbers that measure or name, and count nothing that is built: they may be any."""


def refuse_uncountable(
    path: Path, config: Mapping[str, Any], *, n_tensors: int, what: str = "config.json"
) -> None:
    """Raise ModelError for a number in a config, at any depth, that its weights cannot bear out."""
    for key, number in _numbers(config):
        if key in _LAYERS and number > n_tensors:
            raise ModelError(
                f"{path}: {what} and weights disagree; it names {number} layers, the weights "
                f"are {n_tensors} tensors"
            )
        most = _MOST_LABELS if key == _LABELS else _MOST
        if abs(number) > most and not _MAGNITUDE.search(key):
            raise ModelError(
                f"{path}: {what} says that {abbreviated(key)} is {abbreviated(number)}; expected "
                f"at most {most}"
            )


def _numbers(config: Any, key: str = "") -> Iterator[tuple[str, int]]:
    """Yield every whole number of a config with the name that it stands under."""
    if isinstance(config, Mapping):
        for name, value in config.items():
            yield from _numbers(value, str(name))
    elif isinstance(config, list):
        for value in config:
            yield from _numbers(value, key)
    elif isinstance(config, int) and not isinstance(config, bool):
        yield key, config
