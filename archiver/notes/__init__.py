"""Markdown bytes to links, links to edits, edits to Markdown bytes. Pure."""
