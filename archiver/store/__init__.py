"""The disk: image blobs, article folders, links, journal, catalogue."""
