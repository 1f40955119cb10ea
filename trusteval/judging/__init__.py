"""A language model reads recorded answers again: what it is asked, and what its replies say."""
