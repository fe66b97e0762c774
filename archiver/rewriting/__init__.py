"""The notes: what they link to, pointing them at the copies, taking it back, and their images on GitHub."""
