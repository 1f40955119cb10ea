"""Reads what a user calls a served model: openai:URL#MODEL, with ?route=completions and the like.

URL goes up to the API's version; without a path it is /v1. MODEL is the server's name for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from trusteval.errors import VariantError
from trusteval.suggestion import meant
from trusteval.types import Endpoint, Route

PREFIX = "openai:"
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "route": tuple(Route),
    "system": ("turn", "fold"),
    "listed": ("yes", "no"),
}
"""What may follow MODEL, its default first."""


def is_endpoint(text: str) -> bool:
    """Whether `text` is meant as a served model."""
    return text.startswith(PREFIX)


def parse_endpoint(text: str) -> Endpoint:
    """Read [openai:]URL#MODEL[?route=completions&system=fold&listed=no].

    Raises VariantError if it is none, and for a URL that holds a password or key.
    """
    url, _, rest = text.removeprefix(PREFIX).partition("#")
    model, _, options = rest.partition("?")
    parts = _split(url)
    if "@" in url or "?" in url:
        # Not repeated: what stands there may be a secret.
        raise VariantError(
            f"served model {model!r}: its URL holds a user, a password or a query; give the key as "
            "TRUSTEVAL_API_KEY or OPENAI_API_KEY in the environment"
        )
    if parts is None or not model:
        raise VariantError(
            f"served model {text!r}: expected openai:URL#MODEL, for example "
            "openai:http://127.0.0.1:8000/v1#MODEL"
        )
    chosen = _options(options, f"served model {text!r}")
    path = parts.path.rstrip("/") or "/v1"
    return Endpoint(
        url=f"{parts.scheme}://{parts.netloc}{path}",
        model=model,
        route=Route(chosen["route"]),
        folds_system=chosen["system"] == "fold",
        is_listed=chosen["listed"] == "yes",
    )


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number
        return None
    return parts if whole and not any(character.isspace() for character in url) else None


def _options(text: str, where: str) -> dict[str, str]:
    chosen = {name: values[0] for name, values in _OPTIONS.items()}
    for word in filter(None, text.split("&")):
        name, _, value = word.partition("=")
        if value not in _OPTIONS.get(name, ()):
            known = ", ".join(f"{n}={'|'.join(values)}" for n, values in _OPTIONS.items())
            words = [f"{n}={value}" for n, values in _OPTIONS.items() for value in values]
            raise VariantError(
                f"{where}: unknown option {word!r}; known: {known}{meant(word, words)}"
            )
        chosen[name] = value
    return chosen
