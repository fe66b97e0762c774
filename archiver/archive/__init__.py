"""An archive on disk, opened: its files, its records and its index held together."""
