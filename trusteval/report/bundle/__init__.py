"""An evidence bundle: a finished run in one archive, with statements that somebody else signs."""
