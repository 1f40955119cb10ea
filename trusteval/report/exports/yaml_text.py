"""Values as the YAML of cards and results files, in the order they are given."""

from __future__ import annotations


def yaml_text(value: object) -> str:
    """Return plain values as YAML; letters of any script stay as they are."""
    import yaml

    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True))
