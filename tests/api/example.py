"""The folder of the examples in docs/api.md: an archive of three articles, a note that links to two, and a page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from archiver.models import Loss, LossCode
from tests.builders import an_image
from tests.reader.library import Library, Made
from tests.replica.pages import article_page
from tests.replica.spec import ArticleSpec

KEPT = Made(
    "把读过的文章留下来",
    ["链接会失效，图片会消失。", "所以把读过的文章留在自己的仓库里。"],
    published=datetime(2026, 3, 7, 2, 11, tzinfo=UTC),
    images=[an_image("kept")],
    html='<p>延伸阅读：<a href="https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB">扩散模型入门</a></p>',
    token="K5mJes2upoywwNNdEsf9FA",
)
MODEL = Made(
    "扩散模型入门",
    ["扩散模型从噪声中一步步还原图像。", "训练时加噪，生成时去噪。"],
    account="机器之心",
    author="林深",
    published=datetime(2026, 2, 3, 4, 0, tzinfo=UTC),
    losses=[Loss("video", "the page gives no address of it", code=LossCode.NO_ADDRESS)],
    token="B" * 22,
)
UNDATED = Made("没有日期的一篇", published=None, token="C" * 22)
NOTE = f"""---
source: {MODEL.url}
---

1. [把读过的文章留下来]({KEPT.url}#rd)  :star::star:
2. <https://example.org/>
"""
PAGE_URL = "https://mp.weixin.qq.com/s/DDDDDDDDDDDDDDDDDDDDDD"


def example(root: Path) -> Library:
    """Make it in `root`."""
    library = Library(root)
    library.add((MODEL, KEPT, UNDATED), {"2026.md": NOTE})
    spec = ArticleSpec("新的一篇", "<p>正文第一段。</p><p>第二段。</p>", account="归档手记")
    (root / "page.html").write_bytes(article_page(spec, PAGE_URL))
    return library


def files(root: Path) -> dict[str, tuple[bytes, int]]:
    """Every file, machine state too, with bytes and modification time."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
