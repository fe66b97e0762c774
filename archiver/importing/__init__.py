"""Articles out of files that other programs saved: files in, saved pages out, and what becomes of them here."""
