"""The archive's README and the head of article.md."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from archiver.models import ArticleRecord
from archiver.render.index import MAX_BYTES, Totals, archive_readme
from archiver.render.markdown import render_markdown
from tests.render.samples import FOLDER, IMAGES, MOMENT, RECORD, article, rendered


def many(count: int) -> list[ArticleRecord]:
    return [
        replace(
            RECORD,
            folder=f"articles/{2020 + i // 400}/01/x-{i:04}",
            title=f"标题 {i} | [x](javascript:alert(1)) <b>",
            published_at=MOMENT + timedelta(days=i),
        )
        for i in range(count)
    ]


TOTALS = Totals(articles=3, partial=1, accounts=2, images=7)


def test_table_lists_the_newest_as_given() -> None:
    records = many(3)[::-1]
    readme = archive_readme(records, {}, TOTALS)
    rows = rendered(readme).select("tbody tr")
    assert [row.select("td")[2].get_text() for row in rows] == [f"{r.title} (partial)" for r in records]
    assert [link["href"] for link in rendered(readme).select("td a")] == [f"{r.folder}/article.md" for r in records]
    assert "3 articles (1 partial) of 2 accounts, 7 images" in readme
    assert ":30" not in readme  # dates, no time of day
    assert "By month" not in readme


def test_months_are_listed_where_the_table_is_not_all() -> None:
    months = {"articles/2020/01": 400, "articles/2022/01": 1000, "articles/2021/01": 400}
    soup = rendered(archive_readme(many(5), months, Totals(1800, 0, 1, 0)))
    assert len(soup.select("tbody tr")) == 5
    assert [item.get_text() for item in soup.select("li")] == ["2022/01: 1,000", "2021/01: 400", "2020/01: 400"]


def test_as_much_as_github_shows() -> None:
    records = [replace(record, title="题|*" * 400, account="号" * 300) for record in many(900)]
    readme = archive_readme(records, {}, Totals(900, 0, 1, 0))
    assert MAX_BYTES * 0.9 < len(readme.encode()) < MAX_BYTES + 2000
    shown = readme.count("/article.md)")
    assert f"## The newest {shown}\n" in readme


def test_empty_archive() -> None:
    readme = archive_readme([], {}, Totals(0, 0, 0, 0))
    assert "0 articles" in readme
    assert "|" not in readme


def test_unknown_date_and_hostile_title() -> None:
    record = replace(
        RECORD, published_at=None, title="\u202e\n| <script>alert(1)</script>", folder="articles/undated/x"
    )
    soup = rendered(archive_readme([record], {}, TOTALS))
    assert [cell.get_text() for cell in soup.select("td")] == ["–", "样例号", "| <script>alert(1)</script> (partial)"]


def test_front_matter_and_head() -> None:
    markdown = render_markdown(article("<p>正文</p>", '引号" \\ 与\n换行: #'), RECORD, IMAGES)
    front, body = markdown.split("\n---\n", 1)
    fields = dict(line.split(": ", 1) for line in front.splitlines()[1:])
    assert json.loads(fields["title"]) == '引号" \\ 与 换行: #'
    assert json.loads(fields["author"]) == "甲 | 乙"
    assert fields["published"] == "2022-03-05"
    assert json.loads(fields["url"]) == RECORD.url
    soup = rendered(body)
    assert [h1.get_text() for h1 in soup.find_all("h1")] == ['引号" \\ 与 换行: #']
    assert [link["href"] for link in soup.select("p a")][:2] == [RECORD.url, "index.html"]
    assert "HTTP 404" in soup.select_one("blockquote li").get_text()  # type: ignore[union-attr]
    assert FOLDER not in markdown
