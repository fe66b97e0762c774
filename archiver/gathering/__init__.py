"""From what is due to what is kept: plan, fetch, read, and write into the archive."""
