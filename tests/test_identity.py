"""One article once, however many links and images name it; two articles never one."""

from __future__ import annotations

from archiver.wechat.urls import request_url
from tests.replica import ArticleSpec, ImageSpec, Replica
from tests.replica.pages import article_page
from tests.world import World, broken, destinations

TEMPORARY = "https://mp.weixin.qq.com/s?src=11&timestamp=1700000000&ver=1&signature=ab*cd-ef*gh="


def test_every_form_of_link_leads_to_one_article(world: World) -> None:
    spec = ArticleSpec(title="一篇", body="<p>正文。</p>", account="测试号").with_ids()
    short = world.replica.add_article(spec)
    other = world.replica.add_page("/s/zzzzzzzzzzzzzzzzzzzzzz", article_page(spec, short))
    world.replica.add_page(TEMPORARY, article_page(spec, short))
    long = f"mp.weixin.qq.com/s?__biz={spec.biz}&mid={spec.mid}&idx={spec.idx}&sn={spec.sn}"
    old = (
        f"http://mp.weixin.qq.com/mp/appmsg/show?__biz={spec.biz}&appmsgid={spec.mid}&itemidx={spec.idx}&sign={spec.sn}"
    )
    forms = [
        *[short, short.replace("https", "http"), f"{short}?scene=1#rd", other, f"http://{long}#rd", TEMPORARY],
        *[f"https://{long}&chksm=87ab12&scene=21#wechat_redirect", f"https://{long.replace('==', '%3D%3D')}", old],
    ]
    note = world.note("a.md", "\n\n".join(f"[{n}](<{form}>)" for n, form in enumerate(forms)))
    assert world.sync().exit_code == 0
    (record,) = world.articles()
    assert set(map(request_url, forms)) == set(record["aliases"])
    assert len(set(destinations(note))) == 1
    assert broken(note) == []
    assert {entry["status"] for entry in world.links().values()} == {"archived"}
    assert {entry["target"] for entry in world.links().values()} == {record_folder(world)}
    world.replica.clear_requests()
    assert world.sync().exit_code == 0
    assert world.replica.requests == []


def test_a_spelling_that_is_met_later_is_noted(world: World) -> None:
    spec = ArticleSpec(title="一篇", body="<p>正文。</p>", account="测试号").with_ids()
    world.replica.add_article(spec)
    plain = spec.long_url.partition("&scene")[0]
    world.note("a.md", f"[a]({plain})")
    world.sync()
    world.replica.clear_requests()
    world.note("b.md", f"[b]({plain}&chksm=87ab12&key=SECRET#rd)")
    world.sync()
    (record,) = world.articles()
    assert f"{plain}&chksm=87ab12" in record["aliases"]
    assert not any("SECRET" in alias for alias in record["aliases"])
    before = world.tree(with_machine_state=True)
    world.sync()
    assert (world.replica.requests, world.tree(with_machine_state=True)) == ([], before)
    (world.archive / "catalogue.db").unlink()
    world.sync()
    assert world.cli("verify").returncode == 0


def record_folder(world: World) -> str:
    (folder,) = world.article_folders()
    return folder.relative_to(world.archive).as_posix()


def test_tokens_that_differ_in_case_are_two_articles(world: World) -> None:
    urls = []
    for n, token in enumerate(("AbCdEfGhIjKlMnOpQrStUv", "aBcDeFgHiJkLmNoPqRsTuV")):
        spec = ArticleSpec(title="同名", body=f"<p>{n}</p>", account="测试号", mid=str(100 + n)).with_ids()
        url = f"https://mp.weixin.qq.com/s/{token}"
        urls.append(world.replica.add_page(url, article_page(spec, url)))
    note = world.note("a.md", f"[a]({urls[0]}) [b]({urls[1]})")
    assert world.sync().exit_code == 0
    names = [path.relative_to(world.archive).as_posix() for path in world.archive.rglob("*")]
    assert len(world.articles()) == 2
    assert len({name.casefold() for name in names}) == len(names)  # none stands for another on any disk
    assert len(set(destinations(note))) == 2


def test_one_picture_is_fetched_once_in_a_run_whatever_names_it(world: World, replica: Replica) -> None:
    picture = ImageSpec.named("one")
    plain = picture.url.partition("?")[0]
    forms = [
        picture.url,
        plain.replace("https", "http") + "?wx_fmt=jpeg&tp=webp&wxfrom=5&wx_lazy=1#imgIndex=3",
        plain.replace("mmbiz.qpic.cn", "mmecoa.qpic.cn").replace("/640", "/0"),
    ]
    body = "".join(
        f'<p><img data-src="{form}"><section style="background:url({form})">字</section></p>' for form in forms
    )
    urls = [
        replica.add_article(ArticleSpec(title=str(n), body=body, account="测试号", images=(picture,)).with_ids())
        for n in range(2)
    ]
    world.note("a.md", " ".join(f"[x]({url})" for url in urls) + "".join(f"\n![]({form})" for form in forms))
    assert world.sync().exit_code == 0
    asked = [
        request for request in replica.image_requests if plain.rpartition("/")[0].rpartition("/")[2] in request.path
    ]
    assert len(asked) == 1
    assert len({image["sha256"] for record in world.articles() for image in record["images"]}) == 1
    for record in world.articles():
        assert len(record["images"]) == 1
