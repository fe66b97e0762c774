"""Whether the archive is still what was written, and how to mend it."""
