"""`trusteval plan`: what the rows of a gates.toml can show, before any model answers."""
