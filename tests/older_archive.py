"""A folder with a past: notes and archive after three nights in which much happened, and how it is packed.

    python -m tests.older_archive tests/fixtures/archive_0_1.tar.gz

packs what this version of archiver leaves. Such a file is made once for a version and never again: it stands for the
archives that users of that version have. `made.json` in it says by which commit. It holds

* `notes/`, `archive/` (its index and machine state included) and `config.toml` as the version left them; the
  configuration has PROXY and CA_BUNDLE where the addresses of a replica are to stand;
* `originals/`: the notes as their user wrote them, by the paths that they have in the end.
"""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.replica import ArticleSpec, ImageSpec, Replica, State, short_token
from tests.replica.albums import AlbumSpec, album_page
from tests.replica.media import mp3, mp4
from tests.replica.pages import article_page
from tests.replica.plain_images import plain_image
from tests.replica.samples import NOTES, SAMPLES
from tests.replica.site import Site
from tests.world import World

NIGHTS = (
    datetime(2026, 5, 6, 1, tzinfo=UTC),
    datetime(2026, 6, 20, 1, tzinfo=UTC),  # archived articles are looked at again
    datetime(2026, 6, 21, 1, tzinfo=UTC),  # the partial one, and from now on not for a while
)
PROXY, CA_BUNDLE = "http://127.0.0.1:9/PROXY", "CA_BUNDLE"
RESTORED = "restored.md"

_SHOWN = ImageSpec.named("shown", bucket="mmbiz_jpg")
LOST = ImageSpec.named("lost")
_MIRRORED = "https://img-blog.csdnimg.cn/20210101-shown.png"
_VOICE = "Mz_first"
_FILM = "https://mpvideo.qpic.cn/first.f10002.mp4?dis_k=1"
_FILM_BODY = '<p>看：</p><iframe class="video_iframe" data-mpvid="wxv_1" data-cover="" data-title="片子"></iframe>'
_FILM_SCRIPT = (
    "<script>var videoPageInfos = [ { video_id: 'wxv_1', mp_video_trans_info: [ { filesize: '500' * 1,"
    f" format_id: '10002' * 1, url: ('{_FILM}').replace(/^http(s?):/, location.protocol) }} ] }} ];</script>"
)
_TEXT = "<p>第一段，说了一些话。</p><p>第二段，又说了一些话。</p>"


def _spec(title: str, body: str, *images: ImageSpec) -> ArticleSpec:
    return ArticleSpec(title, body, "往事", images=images, biz="MzA5MDAwMDAwNg==", weight=1).with_ids()


_EDITED = _spec("会改的文章", _TEXT + _SHOWN.tag, _SHOWN)
_AFTER = replace(_EDITED, title="改过的文章", body=f"{_TEXT}<p>补充了一段。</p>{_SHOWN.tag}")
_PARTIAL = _spec("缺一张图的文章", _TEXT + LOST.tag + _SHOWN.tag, LOST, _SHOWN)
_GONE = _spec("删掉的文章", _TEXT)
_HEARD = _spec(
    "有声有色",
    f'<p>听：</p><mpvoice name="第一课" voice_encode_fileid="{_VOICE}" play_length="61000"></mpvoice>{_FILM_BODY}',
)
_ALBUM = AlbumSpec(
    "3300000000000000001",
    "一个合集",
    "往事",
    [(spec.title, spec.long_url, 1_767_225_600) for spec in (_EDITED, _HEARD, _GONE)],
    biz="MzA5MDAwMDAwNg==",
)


def serve_past(site: Site) -> dict[str, str]:
    """Put on `site` what the notes of a past link to; the URLs by name."""
    for sample in SAMPLES:
        sample.add_to(site)
    specs = {"edited": _EDITED, "partial": _PARTIAL, "gone": _GONE, "heard": _HEARD}
    urls = {name: site.add_article(spec, [short_token(name)]) for name, spec in specs.items()}
    page = article_page(_HEARD, urls["heard"]).replace(b"</body>", _FILM_SCRIPT.encode() + b"</body>")
    site.add_page(urls["heard"], page)
    site.add_page(f"https://res.wx.qq.com/voice/getvoice?mediaid={_VOICE}", mp3(), "audio/mp3")
    site.add_page(_FILM, mp4(), "video/mp4")
    site.add_page(_ALBUM.url, album_page(_ALBUM))
    site.fault(LOST.key, "status:500")
    site.fault(urls["gone"], State.DELETED)
    return urls | {"album": _ALBUM.url, "shown": _SHOWN.note_url, "mirrored": _MIRRORED}


def serve_edit(site: Site) -> None:
    """Let an author edit one of the articles, which is what happens after the first night."""
    site.add_article(_AFTER, [short_token("edited")])


@contextmanager
def web_of_today() -> Iterator[Replica]:
    """The web after the nights that a folder has behind it."""
    with Replica(default_article=False, default_images=False, draw=plain_image) as running:
        serve_past(running)
        serve_edit(running)
        yield running


def notes_of_a_past(urls: dict[str, str]) -> dict[str, bytes]:
    """The notes as their user wrote them, by the paths that they have at first; `urls`: those of `serve_past`."""
    listed = "".join(f"* [{name}]({urls[name]}) :star:\n" for name in ("edited", "partial", "gone", "heard", "album"))
    odd = f"# 杂项\r\n\r\n[会改的]({urls['edited']} '标题') 和 <{urls['heard']}>\r\n![图]({urls['shown']})\r\n"
    return {
        **{path.name: path.read_bytes() for path in sorted(NOTES.glob("*.md"))},
        "all.md": f"# 都在这里\n\n{listed}\n![图]({urls['shown']})\n\n![别家的图]({urls['mirrored']})\n".encode(),
        "bom.md": b"\xef\xbb\xbf" + odd.encode(),
        "gb18030.md": odd.encode("gb18030"),
        "moves.md": f"# 会搬走\n\n裸链接 {urls['edited']}，完。\n".encode(),
        RESTORED: f"# 会还原\n\n[x]({urls['partial']})\n".encode(),
    }


def live_through(world: World) -> dict[str, bytes]:
    """Three nights with an edited article, a partial one, one that is gone, an album, a moved note and notes of several
    encodings; the notes as their user wrote them, by the paths that they have in the end."""
    world.configure(fetch={"recheck_archived_days": 30}, images={"mirror_hosts": ["img-blog.csdnimg.cn"]})
    urls = serve_past(world.replica)
    originals = notes_of_a_past(urls)
    for path, text in originals.items():
        world.note(path, text)
    _night(world, NIGHTS[0])
    serve_edit(world.replica)
    (world.notes / "2026").mkdir()
    (world.notes / "moves.md").rename(world.notes / "2026" / "moved.md")
    _night(world, NIGHTS[1])
    _night(world, NIGHTS[2])
    return {path.replace("moves.md", "2026/moved.md"): text for path, text in originals.items()}


def _night(world: World, moment: datetime) -> None:
    world.sync(now=lambda: moment)


def unpack(file: Path, world: World) -> dict[str, bytes]:
    """Put a packed folder into `world`, with its replica as the web; its `originals`."""
    with tarfile.open(file) as tar:
        tar.extractall(world.root, filter="data")
    config = world.root / "config.toml"
    text = config.read_text("utf-8").replace(PROXY, world.replica.proxy_url)
    config.write_text(text.replace(f'"{CA_BUNDLE}"', json.dumps(str(world.replica.ca_bundle))), "utf-8")
    originals = world.root / "originals"
    return {p.relative_to(originals).as_posix(): p.read_bytes() for p in originals.rglob("*.md")}


def pack(world: World, originals: dict[str, bytes]) -> bytes:
    """The folder as a .tar.gz, the same bytes for the same folder."""
    config = (world.root / "config.toml").read_text("utf-8")
    config = config.replace(world.replica.proxy_url, PROXY)
    config = config.replace(json.dumps(str(world.replica.ca_bundle)), f'"{CA_BUNDLE}"')
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    made = {"commit": commit, "version": world.cli("--version").stdout.strip(), "by": "tests/older_archive.py"}
    there = [path for path in world.root.rglob("*") if path.is_file() and path.name != ".lock"]
    files = {path.relative_to(world.root).as_posix(): path.read_bytes() for path in there}
    files |= {f"originals/{path}": text for path, text in originals.items()}
    files |= {"config.toml": config.encode(), "made.json": json.dumps(made, indent=1).encode() + b"\n"}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, data in sorted(files.items()):
            member = tarfile.TarInfo(path)
            member.size, member.mtime, member.mode = len(data), int(NIGHTS[-1].timestamp()), 0o644
            tar.addfile(member, io.BytesIO(data))
    return gzip.compress(packed.getvalue(), 9, mtime=0)


def main(target: Path) -> int:
    """Make `target`, unless it is there."""
    if target.exists():
        print(f"{target} is there: it stands for the archives of its version and is never made again")
        return 1
    with tempfile.TemporaryDirectory() as folder, Replica(default_images=False, draw=plain_image) as replica:
        world = World(Path(folder).resolve(), replica)
        originals = live_through(world)
        assert world.cli("restore", f"notes/{RESTORED}").returncode == 0
        target.write_bytes(pack(world, originals))
    print(f"{target}: {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
