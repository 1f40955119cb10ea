"""Everything that is drawn: nouns that are charts, one look, written as SVG or another file."""
