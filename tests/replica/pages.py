"""Article pages, in the templates of two eras."""

from __future__ import annotations

import functools
import html
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from string import Template as Text
from urllib.parse import urlsplit

from tests.replica.escape import entity_string, js_decode, js_string
from tests.replica.scripts import filler
from tests.replica.spec import ArticleSpec, Template, image_id

TEMPLATES = Path(__file__).parent / "templates"
BEIJING = timezone(timedelta(hours=8))
LATE_SCRIPTS = "/mmbizappmsg/zh_CN/htmledition/js/late/"

_NONCE = "899000001"
_PICTURE = """\
                    {{
                        cdn_url: {cdn_url},
                        width: '{width}' * 1,
                        height: '{height}' * 1,
                        poi_info: [
                        ],
                        watermark_info: {{
                            cdn_url: {watermark},
                        }},
                    }},"""


@functools.cache
def template(name: str) -> Text:
    """The file `templates/<name>.html` as a `string.Template`."""
    return Text((TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))


def article_page(spec: ArticleSpec, short_url: str, *, opened_by_long_link: bool = False) -> bytes:
    """The page of `spec` (with ids) in UTF-8.

    Opened by its short link, `og:url` is that link; opened by a long one, it is long and, in today's template,
    `cgiDataNew.user_info.short_link` names the short one.
    """
    opened = spec.long_url if opened_by_long_link else short_url
    values = _plain_values(spec, short_url) | _markup(spec, opened)
    if spec.template is Template.TODAY:
        values |= _cgi_values(spec, opened, short_url if opened_by_long_link else "")
    return template(spec.template).substitute(values).encode()


def _plain_values(spec: ArticleSpec, short_url: str) -> dict[str, str]:
    token = urlsplit(short_url).path.rpartition("/")[2]
    late = (
        f'<script type="text/javascript" src="https://res.wx.qq.com{LATE_SCRIPTS}{token}.js"></script>'
        if spec.late_body
        else ""
    )
    return {
        "nonce": _NONCE,
        "biz": spec.biz,
        "mid": spec.mid,
        "idx": spec.idx,
        "sn": spec.sn,
        "epoch": str(spec.epoch),
        "served": str(spec.epoch + 86_400),
        "created": _beijing(spec.epoch),
        "item_show_type": str(spec.item_show_type),
        "user_name": "gh_" + spec.sn[:12],
        "avatar": _avatar(spec),
        "cover": spec.cover,
        "filler": filler(spec.weight),
        "body": "" if spec.late_body else spec.body,
        "late_script": late,
        "title_entities": entity_string(spec.title),
        "account_entities": entity_string(spec.account),
        "author_entities": entity_string(spec.author),
        "digest_entities": entity_string(spec.digest),
    }


def _markup(spec: ArticleSpec, opened: str) -> dict[str, str]:
    author = html.escape(spec.author)
    cover = html.escape(spec.cover)
    author_span = f'<span class="rich_media_meta rich_media_meta_text">\n    {author}\n</span>'
    return {
        "title_html": html.escape(spec.title),
        "account_html": html.escape(spec.account),
        "author_html": author,
        "digest_html": html.escape(spec.digest),
        "cover_html": cover,
        "url_html": html.escape(opened),
        "long_html": html.escape(spec.long_url),
        "author_tag": author_span if author else "",
        "cover_tag": f'<img src="{cover}" alt="cover_image" class="wx_follow_avatar_pic">' if cover else "",
    }


def _cgi_values(spec: ArticleSpec, opened: str, short_url: str) -> dict[str, str]:
    def text(value: str) -> str:
        return f"'{js_string(value)}'" if spec.plain_strings else f"JsDecode('{js_decode(value)}')"

    values = {
        "ok": "ok",
        "empty": "",
        "user_name": "gh_" + spec.sn[:12],
        "account": spec.account,
        "avatar": _avatar(spec),
        "title": spec.title,
        "digest": spec.digest,
        "body": "" if spec.late_body else spec.body,
        "created": _beijing(spec.epoch),
        "cover": spec.cover,
        "link": opened.partition("#")[0],
        "author": spec.author,
        "img_format": "jpeg",
        "signature": f"{spec.account}：读过的，都留着。",
        "biz": spec.biz,
        "sn": spec.sn,
        "country": "中国",
        "short_link": short_url,
    }
    cgi = {f"cgi_{name}": text(value) for name, value in values.items()}
    cgi["cgi_pictures"] = "\n".join(
        _PICTURE.format(
            # URLs in this list keep two layers of HTML entities.
            cdn_url=text(html.escape(html.escape(image.url))),
            width=image.width,
            height=image.height,
            watermark=text(f"http://mmbiz.qpic.cn/mmbiz_png/{image_id('watermark of ' + image.key)}/0?wx_fmt=png"),
        )
        for image in spec.images
    )
    return cgi


def _beijing(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def _avatar(spec: ArticleSpec) -> str:
    return f"http://mmbiz.qpic.cn/mmbiz_png/{image_id('avatar of ' + spec.account)}/0?wx_fmt=png"
