"""docs/format.md: the views of catalogue.db, the query that searches it, and how Datasette shows both."""

from __future__ import annotations

from textwrap import indent

from archiver.store.catalogue import Catalogue
from archiver.store.views import VIEWS
from tests.reference.tables import table

FIND = """\
with recursive
  letters(n, letter) as (
    select 1, substr(lower(trim(:q)), 1, 1) where trim(:q) <> ''
    union all
    select n + 1, substr(lower(trim(:q)), n + 1, 1) from letters where n < length(trim(:q))
  ),
  folded(n, letter) as (
    select n, iif(unicode(letter) > 127 or letter glob '[0-9a-z]', letter, char(unicode(letter) + 1113600)) from letters
  ),
  placed(n, letter, next, few, few_before, few_after) as (
    select n, letter, lead(letter) over side, unicode(letter) < 11904,
      lag(unicode(letter) < 11904) over side, lead(unicode(letter) < 11904) over side
    from folded window side as (order by n)
  ),
  tokens(n, token) as (
    select n, iif(few, char(1113610) || letter, letter) from placed where not few or not few_before
    union all
    select n + 0.5, letter || iif(few_after, next, char(1113610)) from placed where few and few_after is not null
    order by 1
  )
select articles.date, articles.account, articles.title, articles.url, articles.id
from search
join archive_texts as texts on texts.number = search.rowid
join archive_articles as articles on articles.id = texts.article
where search match coalesce(
  (select '"' || group_concat(token, ' ') || '"' from tokens),
  (select '"' || letter || '" *' from folded),
  '""'
)
order by articles.date desc, articles.id
"""


def views() -> str:
    """Markdown: a table for each view."""
    parts = []
    for name, view in VIEWS.items():
        rows = [[f"`{column}`", meaning] for column, (_, meaning) in view.columns.items()]
        parts.append(f"`{name}`, a row for {view.row}:\n\n{table(('column', 'meaning'), rows)}")
    return "\n".join(parts)


def find() -> str:
    """Markdown: the query."""
    return f"```sql\n{FIND}```\n"


def datasette() -> str:
    """Markdown: the file for Datasette."""
    with Catalogue(None) as catalogue:
        tables = [name for name in catalogue.db.table_names() if not name.startswith("search")]
    hidden = "".join(f"      {name}: {{hidden: true}}\n" for name in sorted(tables))
    return f"""```yaml
databases:
  catalogue:
    queries:
      find:
        title: Search
        sql: |-
{indent(FIND, " " * 10)}    tables:
{hidden}```
"""
