"""Names this repository's fixture modules, nothing else."""

pytest_plugins = ["fixtures.gpu", "fixtures.variants", "fixtures.doubles"]
