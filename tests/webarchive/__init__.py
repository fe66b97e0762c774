"""The web archive of others: its answers read, and asked in the tests' replica."""
