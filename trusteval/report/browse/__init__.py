"""The part of report.html in which people look at answers: packed data, a section, a script."""
