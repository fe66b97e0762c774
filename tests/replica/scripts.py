"""The JavaScript of the pages: the bulk inside them and the little that res.wx.qq.com serves."""

from __future__ import annotations

import functools
import json

APPMSG_JS = """\
(function () {
    var body = document.getElementById('js_content');
    function show() {
        body.style.visibility = 'visible';
        body.style.opacity = '1';
        var lazy = body.querySelectorAll('img[data-src]');
        for (var i = 0; i < lazy.length; i++) {
            lazy[i].src = lazy[i].getAttribute('data-src') + '&tp=webp&wxfrom=5&wx_lazy=1';
        }
        var time = document.getElementById('publish_time');
        if (time && window.ct) {
            var shown = new Date(window.ct * 1000 + 8 * 3600 * 1000).toISOString();
            time.innerText = shown.slice(0, 10) + ' ' + shown.slice(11, 16);
        }
    }
    window.__replica_show = show;
    if (body) { show(); }
})();
"""

APPMSG_CSS = """\
body { margin: 0; font-family: system-ui, -apple-system, "PingFang SC", "WenQuanYi Micro Hei", sans-serif; }
.rich_media_content { font-size: 17px; line-height: 1.75; overflow: hidden; }
.rich_media_content img { max-width: 100%; height: auto; }
.rich_media_meta { color: rgba(0, 0, 0, .5); font-size: 15px; margin-right: 10px; font-style: normal; }
.rich_media_title { font-size: 22px; line-height: 1.4; margin: 0 0 14px; }
.rich_media_meta_list { margin-bottom: 22px; }
.rich_media_area_primary { padding: 20px 16px 12px; max-width: 677px; margin: 0 auto; }
.wx_row_immersive_stream_wrap, .code-snippet__line-index { display: none; }
.code-snippet__fix { padding: 12px 16px; background: rgba(0, 0, 0, .03); border-radius: 4px; overflow-x: auto; }
.code-snippet__fix pre { margin: 0; font-size: 14px; }
.weui-msg { padding: 48px 32px; text-align: center; }
"""

# The real library mentions every name that a careless reader would search for; none of these is the article's.
_FILLER_PIECE = """\
        function normalize{n}(opt) {{
            var biz = null;
            var mid = opt.start + opt.end >> 1;
            var nickname = opt.nickname === '' ? '未命名账号' : opt.nickname;
            return {{
                title: window.msg_title || '',
                item_show_type: Number(window.item_show_type || {n}),
                nickname: nickname,
                create_time: opt.createTime,
                bizuin: biz || window.biz,
                width: mid
            }};
        }}
"""


@functools.cache
def filler(kilobytes: int) -> str:
    """An inline library script of about `kilobytes` kB that defines functions and calls none."""
    pieces, size, n = [], 0, 0
    while size < kilobytes * 1024:
        pieces.append(_FILLER_PIECE.format(n=n))
        size += len(pieces[-1].encode())
        n += 1
    return (
        "    var __INLINE_SCRIPT__ = (function (exports) {\n        'use strict';\n"
        + "".join(pieces)
        + "        return exports;\n    })({});"
    )


def late_body_js(body: str) -> str:
    """A script that puts `body` into `#js_content`, as pages do whose body comes only by script."""
    return (
        "document.addEventListener('DOMContentLoaded', function () {\n"
        f"    document.getElementById('js_content').innerHTML = {json.dumps(body, ensure_ascii=False)};\n"
        "    if (window.__replica_show) { window.__replica_show(); }\n"
        "});\n"
    )
