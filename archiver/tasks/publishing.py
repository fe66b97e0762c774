"""Keeps archive/.gitignore at what [archive] publish says."""

from __future__ import annotations

from archiver.archive.context import Context
from archiver.config import Config
from archiver.events import PublishChanged
from archiver.store.files import disk_errors, write_if_changed
from archiver.store.layout import GITIGNORE
from archiver.store.publishing import gitignore, published_as


def write_gitignore(context: Context) -> None:
    """Bring archive/.gitignore up to the mode and the images that notes show, and tell of a change of the mode. No
    other .gitignore is touched. Raises StoreError."""
    publish, path = context.config.archive.publish, context.archive.root / GITIGNORE
    with disk_errors(path, "read"):
        before = path.read_text("utf-8", "surrogateescape") if path.exists() else None
    after = gitignore(before, publish, _shown(context.config) if publish == "images" else ())
    write_if_changed(path, after.encode("utf-8", "surrogateescape"))
    if published_as(before or "") != publish:
        overruled = context.config.rewriting != context.config.rewrite
        context.report(PublishChanged(publish, overruled))


def _shown(config: Config) -> set[str]:
    from archiver.rewriting.shown import shown_images  # with the parser of notes

    return shown_images(config)
