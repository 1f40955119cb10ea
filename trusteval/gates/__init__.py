"""A row of gates.toml becomes a verdict: read, checked, planned, held against evidence."""
