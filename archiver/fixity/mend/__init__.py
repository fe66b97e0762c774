"""Mend what a check found: from the archive itself, from its captures, then from the network."""
