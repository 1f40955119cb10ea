"""Models that a server runs: what it is sent, how long it is waited for, how much of it is read."""
