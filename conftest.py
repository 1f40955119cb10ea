"""Names this repository's fixture modules, nothing else."""

pytest_plugins = [
    "fixtures.doubles",
    "fixtures.gpu",
    "fixtures.hypothesis_profiles",
    "fixtures.places",
    "fixtures.variants",
]
