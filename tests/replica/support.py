"""What the replica's own tests share."""

from __future__ import annotations

from dataclasses import replace

import requests

from tests.replica import ArticleSpec, ImageSpec, Replica

AWKWARD = "“引号” 'single' \"double\" <b>&amp;</b> & ¥ \\ 😀\n第二行 </script>"
PNG = ImageSpec.named("a picture", 320, 180)


def open_session(replica: Replica) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # else REQUESTS_CA_BUNDLE and proxies of the environment win
    session.proxies = {"http": replica.proxy_url, "https": replica.proxy_url}
    session.verify = str(replica.ca_bundle)
    return session


def awkward_article(**more: object) -> ArticleSpec:
    spec = ArticleSpec(
        title=AWKWARD,
        body=f'<section><p>正文 &amp; more, C:\\new 和 "引号"</p><p>{PNG.tag}</p></section>',
        account="归档 & \"Co\" '手记'",
        author="林 <深>",
        epoch=1_772_841_600,
        digest="第一行\n第二行 <&>",
        cover=ImageSpec.named("a cover", bucket="mmbiz_jpg").url,
        images=(PNG,),
    )
    return replace(spec, **more)  # type: ignore[arg-type]
