"""`trusteval doctor`: what this machine can run, and how to mend what it cannot."""
