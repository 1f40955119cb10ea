"""Reads what a user calls a served model: openai:URL#MODEL, with ?route=completions and the like.

URL goes up to the API's version; without a path it is /v1. MODEL is the server's name for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from trusteval.errors import VariantError
from trusteval.suggestion import meant
from trusteval.system.url_secrets import refuse_secrets
from trusteval.types import Endpoint, Route

PREFIX = "openai:"
_EXAMPLE = "openai:http://127.0.0.1:8000/v1#MODEL"
_URL = re.compile(r"[^#?=]*://|https?:|openai:|(?:[\w.-]+|\[[0-9a-f:]+\]):[0-9]+(?:/[^#]*)?#", re.I)
_BEYOND = re.compile(r"/(?:chat/completions|completions|responses)$|(?<=/v1)/models$")
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "route": tuple(Route),
    "system": ("turn", "fold"),
    "listed": ("yes", "no"),
}
"""What may follow MODEL, its default first."""


def is_endpoint(text: str) -> bool:
    """Whether `text` is meant as a served model."""
    return text.startswith(PREFIX)


def is_url(text: str) -> bool:
    """Whether `text` is meant as a served model, however it is spelled."""
    return _URL.match(text) is not None


def refuse_url(text: str, where: str) -> None:
    """Raise VariantError for a served model that is not spelled as one."""
    if is_url(text):
        # Not repeated: a URL may hold a secret.
        raise VariantError(f"{where}: a served model is written NAME={_EXAMPLE}")


def parse_endpoint(text: str) -> Endpoint:
    """Read [openai:]URL#MODEL[?route=completions&system=fold&listed=no].

    Raises VariantError if it is none, and for a URL that holds a password or key.
    """
    url, _, rest = text.removeprefix(PREFIX).partition("#")
    model, _, options = rest.partition("?")
    refuse_secrets(text.removeprefix(PREFIX), "served model")
    parts = _split(url)
    if "@" in url or "?" in url:
        # Not repeated: what stands there may be a secret.
        raise VariantError(
            "served model: its URL holds a user, a password or a query; give the key as "
            "TRUSTEVAL_API_KEY or OPENAI_API_KEY in the environment, and options after the model "
            "(URL#MODEL?system=fold)"
        )
    where = f"served model {text!r}"
    if parts is None or not model.strip():
        raise VariantError(f"{where}: expected openai:URL#MODEL, for example {_EXAMPLE}")
    path = parts.path.rstrip("/") or "/v1"
    if beyond := _BEYOND.search(path):
        raise VariantError(
            f"{where}: URL goes up to the API's version, without {beyond[0]}; for example "
            f"{_EXAMPLE}"
        )
    misplaced = next((name for name in _OPTIONS if f"&{name}=" in model), None)
    if misplaced is not None:
        raise VariantError(f"{where}: options follow a ?, as in MODEL?{misplaced}=...&...")
    chosen = _options(options, where)
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
    # Nothing that a terminal acts on, no percent sign but an IPv6 zone's: no host holds any.
    spelled = url.isprintable() and " " not in url and "\\" not in parts.netloc
    return parts if whole and spelled and ("%" not in parts.netloc or "[" in url) else None


def _options(text: str, where: str) -> dict[str, str]:
    chosen = {name: values[0] for name, values in _OPTIONS.items()}
    words = list(filter(None, text.split("&")))
    names = [word.partition("=")[0] for word in words]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise VariantError(f"{where}: option {twice!r} is given twice")
    for word in words:
        name, _, value = word.partition("=")
        if value not in _OPTIONS.get(name, ()):
            known = ", ".join(f"{n}={'|'.join(values)}" for n, values in _OPTIONS.items())
            words = [f"{n}={value}" for n, values in _OPTIONS.items() for value in values]
            raise VariantError(
                f"{where}: unknown option {word!r}; known: {known}{meant(word, words)}"
            )
        chosen[name] = value
    return chosen
