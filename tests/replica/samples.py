"""The six sample articles that examples/notes links to, with their images. All of it is written for this project."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template as Text

from tests.replica.site import Site
from tests.replica.spec import ArticleSpec, ImageFormat, ImageSpec, Motif, Template, short_token

NOTES = Path(__file__).parents[2] / "examples" / "notes"
_BODIES = Path(__file__).parent / "bodies"


@dataclass(frozen=True, slots=True)
class Sample:
    """An article and the token of its short link."""

    spec: ArticleSpec
    token: str

    def add_to(self, site: Site) -> str:
        """Put the article and its images on `site`; returns the short URL."""
        return site.add_article(self.spec, [self.token])


def _picture(
    name: str,
    motif: Motif,
    size: tuple[int, int],
    bucket: str = "mmbiz_png",
    format: ImageFormat | None = None,  # noqa: A002
    alt: str = "",
) -> ImageSpec:
    return ImageSpec.named(f"sample {name}", *size, bucket=bucket, format=format, motif=motif, alt=alt)


def code_snippet(language: str, source: str) -> str:
    """`source` in the markup of WeChat's own code block: a list of line numbers and one `<code>` per line."""
    lines = source.strip("\n").split("\n")
    style = (
        "white-space: pre;font-family: Consolas, &quot;Liberation Mono&quot;, Menlo, monospace;display: -webkit-box;"
    )
    shown = [html.escape(line, quote=False) or "<br>" for line in lines]
    codes = "".join(f'<code style="{style}"><span class="code-snippet_outer">{line}</span></code>' for line in shown)
    return (
        f'<section class="code-snippet__fix code-snippet__{language}">'
        f'<ul class="code-snippet__line-index code-snippet__{language}">{"<li></li>" * len(lines)}</ul>'
        f'<pre class="code-snippet__{language}" data-lang="{language}">{codes}</pre></section>'
    )


def formula(tex: str, image: ImageSpec) -> str:
    """A block formula as WeChat's editors leave it: the TeX in an attribute, an SVG to show."""
    return (
        f'<span data-formula="{html.escape(tex)}" data-formula-type="block-equation" style="display: block;">'
        f'<embed style="vertical-align: -2ex;width: {image.width / 9:.1f}ex;height: auto;" '
        f'src="{html.escape(image.url)}" data-type="svg+xml"></span>'
    )


_COLLECT = """\
import re
from pathlib import Path

LINK = re.compile(r"https?://[^\\s)>\\"]+")


def collect(folder: Path):
    for path in sorted(folder.rglob("*.md")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for url in LINK.findall(line):
                yield path, number, url
"""

_ASK = """\
import time
import urllib.error
import urllib.request


def ask(url: str) -> str:
    time.sleep(3)  # 礼貌一点
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            text = answer.read().decode("utf-8", "replace")
    except urllib.error.URLError as error:
        return f"失败：{error.reason}"

    return "已删除" if "已被发布者删除" in text else "还在"
"""

_RUN = "python3 find_dead_links.py ~/notes | grep -v 还在"

_FORMULA_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="220" height="56" viewBox="0 0 220 56">'
    '<g font-family="serif" font-size="26" font-style="italic" fill="#222">'
    '<text x="6" y="36">N(t) = N</text><text x="104" y="42" font-size="16">0</text>'
    '<text x="118" y="36">· 2</text><text x="152" y="22" font-size="16">−t / T</text></g></svg>'
)

_PICTURES = {
    "hills": _picture("hills", "hills", (1080, 608), alt="清晨的山"),
    "tiles": _picture("tiles", "tiles", (1080, 420)),
    "desk": _picture("desk", "arcs", (900, 500), "mmbiz_jpg"),
    "three": _picture("three", "bars", (800, 420), format="webp", alt="三遍读法的时间分配"),
    "arcs": _picture("links", "arcs", (1080, 460), "sz_mmbiz_png"),
    "run": _picture("run", "tiles", (480, 270), "mmbiz_gif", "gif-animated"),
    "chart": _picture("chart", "decay", (1080, 520), alt="Bar chart of surviving links"),
    "shelf": _picture("shelf", "hills", (900, 420), format="jpeg"),
    "png": _picture("png", "tiles", (720, 300)),
    "jpeg": _picture("jpeg", "hills", (720, 405), "mmbiz_jpg"),
    "webp": _picture("webp", "arcs", (720, 360), "sz_mmbiz_png", "webp"),
    "gif": _picture("gif", "bars", (480, 270), "mmbiz_gif", "gif-animated"),
    "svg": _picture("svg", "tiles", (640, 240), "mmbiz_svg"),
    "background": _picture("background", "hills", (1080, 360), "mmbiz_jpg"),
    "window": _picture("window", "hills", (640, 400), "mmbiz_jpg"),
    "leaf": _picture("leaf", "arcs", (640, 320), "mmbiz"),
}
_FORMULA = replace(
    ImageSpec.named("sample formula", 220, 56, bucket="mmbiz_svg"), data=_FORMULA_SVG.encode(), host="mmbiz.qlogo.cn"
)


def _sample(name: str, title: str, account: str, pictures: str, epoch: int, **more: str | Template) -> Sample:
    first_url = f"https://mp.weixin.qq.com/s/{short_token('keep-what-you-read')}"
    shown = tuple(_PICTURES[key] for key in pictures.split())
    cover = replace(_picture(f"cover of {name}", "hills", (900, 383), "mmbiz_jpg"), size=0)
    body = Text((_BODIES / f"{name}.html").read_text(encoding="utf-8")).substitute(
        {key: image.tag for key, image in _PICTURES.items()},
        first_url=first_url,
        background_url=html.escape(_PICTURES["background"].url),
        formula=formula(r"N(t) = N_0 \cdot 2^{-t/T}", _FORMULA),
        code_collect=code_snippet("python", _COLLECT),
        code_ask=code_snippet("python", _ASK),
        code_run=code_snippet("bash", _RUN),
    )
    images = (*shown, cover, *((_FORMULA,) if name == "link-rot" else ()))
    spec = ArticleSpec(title, body.strip(), account, epoch=epoch, cover=cover.url, images=images)
    return Sample(replace(spec, **more).with_ids(), short_token(name))  # type: ignore[arg-type]


SAMPLES = (
    _sample(
        "keep-what-you-read",
        "把读过的文章留下来：一份笔记归档的小经验",
        "归档手记",
        "hills tiles",
        1_772_841_900,
        author="林深",
        digest="收藏不等于拥有。三条规矩，让笔记里的链接断网也能点开。",
    ),
    _sample(
        "one-hour-paper",
        "[读论文] 一小时、三遍、三句话",
        "夜读小组",
        "desk three",
        1_772_760_600,
        author="小满",
        biz="MzA5MDAwMDAwMg==",
        digest="每一遍只回答一个问题。",
    ),
    _sample(
        "find-dead-links",
        "三十行 Python，找出笔记里的失效链接",
        "一行代码",
        "arcs run",
        1_772_676_000,
        biz="MzA5MDAwMDAwMw==",
        digest="只用标准库，复制就能跑。",
    ),
    _sample(
        "link-rot",
        'Link rot, measured: what is left after four years of "save for later"',
        "Field Notes & Co",
        "chart shelf",
        1_777_939_200,
        author="A. Reader",
        biz="MzA5MDAwMDAwNA==",
        digest="A folder of notes, 720 links, and the half-life of a promise.",
    ),
    _sample(
        "every-picture",
        "看字节，别看名字：一篇文章里的五种图片格式",
        "归档手记",
        "png jpeg webp gif svg background",
        1_777_858_200,
        author="林深",
        digest="PNG、JPEG、WebP、GIF、SVG，各来一张。",
    ),
    _sample(
        "paper-notebook",
        "纸质笔记本，还值得用吗？",
        "周末的人",
        "window leaf",
        1_604_217_600,
        biz="MzA5MDAwMDAwNQ==",
        digest="手写的字比打出来的诚实。",
        template=Template.CLASSIC,
    ),
)
