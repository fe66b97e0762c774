"""One module for each command, and run.py for what all of them share."""
