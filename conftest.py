"""Names this repository's fixture modules, nothing else."""

pytest_plugins = [
    "fixtures.doubles",
    "fixtures.golden",
    "fixtures.gpu",
    "fixtures.hypothesis_profiles",
    "fixtures.places",
    "fixtures.variants",
]
