"""A small night, lived through before the children of a process are forked: what Python libraries put off until they
are used first (patterns of regular expressions, templates, codecs, formats of images) is behind them all then.

Nothing else is left of it: its folder, its web and the keys of that are gone.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.builders import an_image, article
from tests.replica import Replica
from tests.replica.authority import Authority
from tests.world import World


def rehearse() -> None:
    """Archive an article and an image; another article was deleted."""
    with tempfile.TemporaryDirectory(prefix="archiver-") as folder:
        root = Path(folder).resolve()
        (root / "keys").mkdir()
        with Replica(authority=Authority(root / "keys")) as replica:
            world = World(root, replica)
            image = an_image("rehearsal")
            gone = "https://mp.weixin.qq.com/s/" + "R" * 22
            replica.fault(gone, "deleted")
            url = replica.add_article(article("排练", image))
            world.note("note.md", f"[x]({url}) [y]({gone})\n![z]({image.url})\n")
            assert world.sync().articles["new"] == 1
