"""report.html: one file that says whether it may ship, why, and shows all that is behind it."""
