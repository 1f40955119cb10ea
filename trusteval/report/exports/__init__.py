"""A finished run in the files and trackers of others; none is made without saying its worth."""
