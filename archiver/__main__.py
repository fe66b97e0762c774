"""`python -m archiver` is `archiver`."""

from archiver.cli import main

main()
