"""The files that a gate in somebody's own repository begins with, and what is still to be done."""
