"""Finds a password or key in what a user names as a model, before anything repeats it.

Also in a URL that is not spelled as one: without its scheme, with one slash, with a password that
is percent-encoded or holds a #, a slash, a comma or a line break.
"""

from __future__ import annotations

import re

from trusteval.errors import VariantError

_LEAD = r"(?:https?:/*|(?<!/)//+)"
_SECRETS = re.compile(
    "|".join(
        (
            rf"{_LEAD}[^/?#,]{{0,999}}(?:@|%40)",  # user:password@, and what encodes it
            rf"{_LEAD}(?!\[)[^/?#,@:]+:(?![0-9]*(?:[/?#,]|$))",  # what should be a port is none
            r"#[^#,]{0,999}@[^#,]{0,999}#",  # a # of the password, then the model's
            r"(?:^|[=,:])[^\s/@,=:#\[]{1,99}:[^\s/@,=]{1,999}@"  # without a scheme, before a host
            r"(?:\[|localhost|[^\s/@,=:#]{0,999}[:/.#])",
            r"[?&;][\w.%-]{0,99}(?:key|token|secret|passw|auth|credential|bearer)[\w.%-]{0,99}=",
        )
    ),
    re.IGNORECASE,
)
_DRAWS = re.compile(r"~[0-9]{1,2}(?:\.[0-9]{1,4})?#[0-9]{1,6}(?:-[0-9]{1,6})?(?=[\s,+=]|$)")
"""How a variant's draws end its name: a point and a # that are no URL's."""
HIDDEN = "[not shown: may hold a password]"


def refuse_secrets(text: str, where: str) -> None:
    """Raise VariantError, without repeating it, for a text that may hold a password or key."""
    if _may_hold_secret(text):
        raise VariantError(
            f"{where}: a URL in it may hold a user, a password or a key, or has a port that is no "
            "number; it is not repeated here. Give the key as TRUSTEVAL_API_KEY or OPENAI_API_KEY "
            "in the environment, and the model as http://127.0.0.1:8000/v1#MODEL"
        )


def without_secrets(word: str) -> str:
    """Return one word of a command; of one that may hold a secret the option's name only."""
    if not _may_hold_secret(word):
        return word
    name, given, _ = word.partition("=")
    return f"{name}={HIDDEN}" if given and re.fullmatch(r"--?[\w-]+", name) else HIDDEN


def _may_hold_secret(text: str) -> bool:
    return _SECRETS.search(_DRAWS.sub("", text)) is not None
