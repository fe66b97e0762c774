"""What is due, when, and how much of it: pure decisions."""
