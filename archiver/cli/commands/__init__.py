"""What every command is called, takes and says of itself, by work-flow; what it does is loaded when it runs."""

from archiver.cli.commands.care import CARE
from archiver.cli.commands.exchange import EXCHANGE
from archiver.cli.commands.nightly import NIGHTLY
from archiver.cli.commands.notes import NOTES
from archiver.cli.commands.reading import READING
from archiver.cli.commands.setup import SETUP

SECTIONS = {
    "Set up": SETUP,
    "Every night": NIGHTLY,
    "Your notes and single articles": NOTES,
    "Read": READING,
    "Exchange": EXCHANGE,
    "Care for the archive": CARE,
}

__all__ = ["SECTIONS"]
