"""Tests of the room `notes`."""
