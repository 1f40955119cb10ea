"""The pictures of a run: which there are, each with the table that holds the same figures."""
