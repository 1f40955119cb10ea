"""What a gate begins with: which model, how much it is asked, what of it this machine can judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from trusteval.checkpoints.models import DEMO
from trusteval.engines.served.endpoint import is_url, parse_endpoint
from trusteval.errors import UsageError
from trusteval.starting.ci import CI
from trusteval.suite.profiles import find_profile
from trusteval.system.url_secrets import refuse_secrets
from trusteval.types import DENSE

_BUILT = ("gptq-8", "gptq-4")
_BUILDER = "gptqmodel"


def is_installed(package: str) -> bool:
    """Whether a package can be imported here; imports nothing."""
    return find_spec(package) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What the files say: names as the options of a run take them.

    `buildable` are variants that could be judged too, were their builder installed.
    """

    model: str
    profile: str
    variants: tuple[str, ...]
    buildable: tuple[str, ...]
    engine: str | None
    ci: CI

    def settings(self) -> dict[str, str]:
        """Return what configures pytest, by the names that its files have for it."""
        engine = {} if self.engine is None else {"trust_engine": self.engine}
        return {
            "testpaths": "trust_tests",
            "trust_model": self.model,
            "trust_profile": self.profile,
            **engine,
            "trust_variants": ",".join(self.variants),
        }


def beginning_of(
    model: str, *, profile: str | None, ci: CI, has: Callable[[str], bool] = is_installed
) -> Beginning:
    """Fill in what was not asked for; looks for no model.

    Raises UsageError for an unknown profile, VariantError for a URL that names no served model.
    """
    if not model.strip():
        raise UsageError("--model names no model; for example demo, or a checkpoint's folder")
    refuse_secrets(model, "--model")
    is_served = is_url(model)
    if is_served:
        parse_endpoint(model)
    built = () if is_served else _BUILT
    builds = has(_BUILDER)
    return Beginning(
        model=model,
        profile=find_profile(profile or (DEMO if model == DEMO else "quick")).name,
        variants=(DENSE, *(built if builds else ())),
        buildable=() if builds else built,
        engine="openai" if is_served else None,
        ci=ci,
    )
