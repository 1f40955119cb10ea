"""Answers in columns: what subjects answered, why it was read so, and who won a vote."""
