"""What leaves the archive in formats of others. It reads the archive and nothing else, and asks no network."""
