"""What an ensemble's recorded answers show: does its vote pay, why, for whom, at what cost."""
