"""Articles for links that nobody described, so that whole folders of real notes can be served."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from tests.replica.spec import ArticleSpec, ImageSpec, Template

_ACCOUNTS = ("归档手记", "纸上实验室", "夜读小组", "Field Notes & Co", "一行代码")
_AUTHORS = ("", "林深", "周末的人", "A. Reader")
_TOPICS = ("检索", "标注", "卡片笔记", "图像压缩", "旧书店", "离线阅读", "排版", "版本管理")
_FORMS = (
    "{topic}这件小事",
    "关于{topic}，我们试了七天",
    "{topic}：从入门到放下",
    "“{topic}” & 它的朋友们",
    "聊聊{topic} | 第 {n} 期",
)
_SENTENCES = (
    "先说结论：慢一点，反而记得牢。",
    "我们把同样的材料读了三遍，每一遍只问一个问题。",
    "第二天再看，发现前一天的判断有一半要改。",
    "The shortest note is the one you will actually read again.",
    "数据不大，一台旧电脑就够用。",
    "如果只能留下一句话，我会留下这一句。",
    "It took an afternoon, two cups of tea and one wrong turn.",
    "这里没有秘诀，只有把步骤写清楚的习惯。",
    "下面这张图是当时的记录，坐标轴从零开始。",
    "换一个角度看，问题就小了一半。",
)
_BUCKETS = ("mmbiz_png", "mmbiz_jpg", "sz_mmbiz_png", "sz_mmbiz_jpg", "mmbiz_gif", "mmbiz_webp")
_FIRST_DAY = 1_609_459_200  # 2021-01-01 UTC
_DAYS = 5 * 365


def generated_article(token: str) -> ArticleSpec:
    """The article behind a short token: always the same for the same token, with 0–3 images, ids filled in."""
    seed = hashlib.sha256(token.encode()).digest()
    topic = _TOPICS[seed[1] % len(_TOPICS)]
    title = _FORMS[seed[2] % len(_FORMS)].format(topic=topic, n=seed[3])
    images = tuple(_image(token, seed, n) for n in range(seed[0] % 4))
    account = seed[4] % len(_ACCOUNTS)
    cover = ImageSpec.named(f"{token} cover", 900, 383, bucket="mmbiz_jpg")
    return ArticleSpec(
        title=title,
        body=_body(topic, seed, images),
        account=_ACCOUNTS[account],
        author=_AUTHORS[seed[5] % len(_AUTHORS)],
        epoch=_FIRST_DAY + int.from_bytes(seed[6:9]) % (_DAYS * 86_400),
        biz=f"MzA5MDAwMDAw{account}Q==",
        mid=str(1_000_000_000 + int.from_bytes(seed[9:13])),
        idx=str(1 + seed[13] % 3),
        sn=seed[:16].hex(),
        digest=_SENTENCES[seed[14] % len(_SENTENCES)],
        cover=replace(cover, size=0).url,
        images=images,
        template=Template.CLASSIC if seed[15] % 4 == 0 else Template.TODAY,
    )


def _image(token: str, seed: bytes, n: int) -> ImageSpec:
    bucket = _BUCKETS[seed[16 + n] % len(_BUCKETS)]
    height = 240 + seed[20 + n]
    # One image in eight is of another format than its bucket and wx_fmt say.
    lies = seed[24 + n] < 32 and bucket != "mmbiz_gif"
    return ImageSpec.named(f"{token} {n}", 640, height, bucket=bucket, format="webp" if lies else None)


def _body(topic: str, seed: bytes, images: tuple[ImageSpec, ...]) -> str:
    parts = [
        f'<section style="font-size: 16px;line-height: 1.75em;"><h2>{topic}</h2>',
        *(f'<p style="margin-bottom: 16px;">{_sentences(seed, n)}</p>' for n in range(3)),
    ]
    for n, image in enumerate(images):
        parts += [
            f'<p style="text-align: center;">{image.tag}</p>',
            f"<p><span>{_sentences(seed, 3 + n)}</span></p>",
        ]
    parts.append("<blockquote><p>读过的，都留着。</p></blockquote></section>")
    return "".join(parts)


def _sentences(seed: bytes, start: int) -> str:
    return "".join(_SENTENCES[seed[(start * 4 + n) % len(seed)] % len(_SENTENCES)] for n in range(4))
