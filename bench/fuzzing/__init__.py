"""A bounded, seeded campaign that looks for inputs which end otherwise than the docs say."""
