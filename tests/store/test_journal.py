"""journal.jsonl: what a line says, and as few of them as can give every note back."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import DamageError, StoreError
from archiver.models import Form
from archiver.models.rewrites import JournalEntry, Rewritten, around
from archiver.store.journal import Journal
from archiver.store.journal_lines import entry_value, read_entry
from archiver.store.lines import append_lines, json_line, read_lines

OLDER = Path(__file__).parents[1] / "fixtures" / "archive_0_1.tar.gz"
AT = "2026-05-06T01:00:00+00:00"
APPENDED = (" ([archived](", "))")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def url_of(number: int) -> str:
    return f"https://mp.weixin.qq.com/s/{number:022d}"


def link(number: int, offset: int = 0, **fields: Any) -> Rewritten:
    """A rewritten link to the article of that number."""
    target = digest(str(number))[:12]
    return replace(Rewritten(target, url_of(number), Form.INLINE, offset=offset, length=84), **fields)


def entry(note: str, numbers: Sequence[int], **fields: Any) -> JournalEntry:
    edits = tuple(link(number, offset=100 * place) for place, number in enumerate(numbers))
    text = f"{note} {numbers} {fields.pop('text', '')}"
    return replace(JournalEntry(note, "rewrite", digest("before"), digest(text), AT, edits), **fields)


def lines(path: Path) -> list[dict[str, Any]]:
    return [value for _, value in read_lines(path)]


def run(path: Path, *entries: JournalEntry) -> Journal:
    """A run that rewrites notes; each rewrite reaches its note."""
    journal = Journal(path)
    for item in entries:
        journal.add(item)
        journal.settle({item.note: item.after})
    journal.fold()
    return journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


TEXTS = st.text("ab {}<>[]()\"'&中url:/path", max_size=12)
URLS = TEXTS.map(lambda text: f"https://mp.weixin.qq.com/s/{text}")
EDITS = st.builds(
    Rewritten,
    target=st.just("0123456789ab") | TEXTS,
    original=URLS | TEXTS | URLS.map(lambda url: f"<{url}>"),
    form=st.sampled_from(Form),
    offset=st.integers(0, 10**6),
    length=st.integers(1, 300),
    unsure=st.booleans(),
    emptied=st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(EDITS, st.tuples(TEXTS, TEXTS) | st.sampled_from([("[{}](", ")"), ('<a href="', '">{}</a>'), APPENDED]))
def test_a_line_says_what_the_entry_said(edit: Rewritten, stands_around: tuple[str, str]) -> None:
    url = edit.original.strip("<>")
    edit = replace(edit, around=(stands_around[0].replace("{}", url), stands_around[1].replace("{}", url)))
    said = JournalEntry("深/a.md", "rewrite", digest("1"), digest("2"), AT, (edit,))
    assert read_entry(json.loads(json.dumps(entry_value(said)))) == said


def test_a_link_is_written_in_few_bytes() -> None:
    plain = entry_value(entry("a.md", [1]))["edits"][0]
    assert plain == {"target": link(1).target, "original": url_of(1), "offset": 0, "length": 84}
    labelled = link(1, around=(f"[{url_of(1)}](", ")"), form=Form.BARE)
    anchor = link(1, around=('<a href="', f'">{url_of(1)}</a>'), form=Form.BARE)
    written = entry_value(replace(entry("a.md", []), edits=(labelled, anchor)))["edits"]
    assert [edit.get("put") for edit in written] == [None, '<a href="{path}">{url}</a>']


def test_a_line_of_the_first_schema_is_read() -> None:
    folder = "articles/2026/03/2026-03-07-归档手记-把读过的文章留下来-945ccf910847/article.md"
    url, shown = "https://mp.weixin.qq.com/s/K5mJes2upoywwNNdEsf9FA", "images/19/19dad2.png"
    edits = [
        {"target": folder, "path": f"../archive/{folder}", "original": f"<{url}>",
         "new": f"[{url}](../archive/{folder})", "form": "autolink", "occurrence": 0, "offset": 3, "unsure": False},
        {"target": shown, "path": f"../archive/{shown}", "original": "https://mmbiz.qpic.cn/x/640",
         "new": f"../archive/{shown}", "form": "html", "occurrence": 0, "offset": 300},
    ]  # fmt: skip
    value = {"note": "a.md", "action": "rewrite", "before": digest("1"), "after": digest("2"), "at": AT, "edits": edits}
    assert read_entry(value).edits == (
        Rewritten("945ccf910847", f"<{url}>", Form.AUTOLINK, (f"[{url}](", ")"), offset=3,
                  length=len(str(edits[0]["new"]).encode())),
        Rewritten(shown, "https://mmbiz.qpic.cn/x/640", Form.HTML, offset=300, length=len(f"../archive/{shown}")),
    )  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [{"note": 1}, {"edits": [{"original": "x"}]}, {"edits": [{"target": "x", "original": "y", "shape": "z"}]},
     {"edits": [{"target": "x", "original": "y", "put": "none"}]}, {"edits": [1]}, {"edits": 1}, {"extra": 1},
     {"edits": [{"target": "x", "original": "y", "form": "odd"}]}],
)  # fmt: skip
def test_what_is_no_entry_is_damage_that_names_its_line(path: Path, broken: dict[str, Any]) -> None:
    value = {**entry_value(entry("a.md", [1])), **broken}
    value.pop("note" if "note" in broken else "", None)
    append_lines(path, [entry_value(entry("b.md", [2])), value])
    with pytest.raises(DamageError, match=r"journal\.jsonl:2: "):
        Journal(path)
    told: list[int] = []
    assert list(Journal(path, on_damage=lambda number, _: told.append(number)).notes()) == ["b.md"]
    assert told == [2]


def test_a_run_leaves_one_line_for_each_note(path: Path) -> None:
    run(path, entry("b.md", [1]), entry("a.md", [2]))
    run(path, entry("b.md", [3, 1]))
    assert [(line["note"], len(line["edits"])) for line in lines(path)] == [("a.md", 1), ("b.md", 2)]
    assert Journal(path).last("b.md") == entry("b.md", [3, 1])


def test_a_run_that_rewrites_nothing_writes_nothing(path: Path) -> None:
    """The lines of an older version are folded when there is something to add."""
    with tarfile.open(OLDER) as packed:
        member = packed.extractfile("archive/journal.jsonl")
        assert member is not None
        path.write_bytes(before := member.read())
    run(path)
    assert path.read_bytes() == before
    held = {note: Journal(path).last(note) for note in Journal(path).notes()}
    run(path, entry("new.md", [1]))
    assert len(path.read_bytes()) < len(before) / 2
    journal = Journal(path)
    assert {line["schema"] for line in map(json.loads, path.read_text("utf-8").splitlines())} == {2}
    for note, last in held.items():
        assert last is not None
        found = journal.last(note)
        assert found is not None
        assert (found.after, found.edits) == (last.after, last.edits)


def test_what_may_not_have_reached_its_note_is_kept_beside_what_stood_there(path: Path) -> None:
    first, second = entry("a.md", [1]), entry("a.md", [2, 1])
    run(path, first)
    dying = Journal(path)
    dying.add(replace(second, before=first.after))
    dying.fold()
    for standing, known in ((first.after, [1]), (second.after, [2, 1])):
        found, unchanged = Journal(path).current("a.md", standing)
        assert (found and [edit.original for edit in found.edits], unchanged) == ([url_of(n) for n in known], True)
    last = Journal(path)
    last.settle({"a.md": second.after})
    last.add(entry("b.md", [3]))
    last.fold()
    assert [line["note"] for line in lines(path)] == ["a.md", "b.md"]


def test_what_stands_nowhere_any_more_is_still_known(path: Path) -> None:
    run(path, entry("a.md", [1, 2]))
    run(path, entry("a.md", [1]))
    run(path, replace(entry("a.md", []), edits=(link(1, original="", around=APPENDED),)))
    journal = run(path, entry("b.md", [5]))
    known = {item.original for found in journal.by_target().values() for _, item in found}
    assert known == {"", url_of(1), url_of(2), url_of(5)}
    past = next(line for line in lines(path) if line["action"] == "past")
    assert past["edits"] == [{"target": link(n).target, "original": url_of(n)} for n in (1, 2)]  # by target


def test_a_restored_note_keeps_what_was_taken_back(path: Path) -> None:
    first = entry("a.md", [1, 2])
    run(path, first)
    given_back = JournalEntry("a.md", "restore", first.after, digest("before"), AT)
    journal = run(path, given_back, entry("b.md", [3]))
    moved = JournalEntry("c.md", "restore", digest("before"), digest("before"), AT, source="a.md")
    for note in ("a.md", "c.md"):
        again = Journal(path)
        assert (again.undone(note), again.restored()) == (replace(first, note=note), {note: digest("before")})
        journal = run(path, moved if note == "a.md" else entry("b.md", [4]))
    assert journal.is_restored("c.md")


def moved(note: str, source: JournalEntry, action: str = "move") -> JournalEntry:
    return replace(source, note=note, action=action, before=source.after, source=source.note)  # type: ignore[arg-type]


def test_a_chain_of_renames_is_folded_to_what_it_led_to(path: Path) -> None:
    a, b = entry("a.md", [1]), entry("b.md", [2])
    run(path, a, b)
    run(path, moved("c.md", b), moved("b.md", a))
    journal = run(path, entry("d.md", [4]))
    assert list(Journal(path).notes()) == ["b.md", "c.md", "d.md"]
    found = {note: journal.last(note) for note in ("b.md", "c.md")}
    assert [entry.edits for entry in found.values() if entry] == [a.edits, b.edits]
    # A copy in the place of a note that was moved away is not taken for that note when the file is read again.
    run(path, moved("a.md", a, "copy"))
    run(path, entry("d.md", [5]))
    assert list(Journal(path).notes()) == ["a.md", "b.md", "c.md", "d.md"]


def swing(number: int, step: Callable[[int], Sequence[Rewritten]], text: object) -> JournalEntry:
    return replace(entry("list.md", [], text=text), edits=tuple(step(number)))


def test_a_thousand_runs_leave_no_more_than_three_times_the_originals(path: Path) -> None:
    """A list that gets a link on top in each run, while the modes go to and fro, as many notes as lists."""

    def rewritten(count: int, number: int) -> list[Rewritten]:
        if number % 7 == 3:
            return [link(n, 150 * n, original="", around=APPENDED) for n in range(count)]
        return [link(n, 150 * n) for n in range(count)]

    def original(count: int) -> int:
        return sum(len(f"- [{n}]({url_of(n)})\n") for n in range(count))

    size = 0
    for number in range(1000):
        count = 20 + number // 20
        run(path, replace(entry("list.md", [], text=number), edits=tuple(rewritten(count, number))))
        size = max(size, path.stat().st_size)
        assert path.stat().st_size <= 3 * original(count), number
    assert {line["action"] for line in lines(path)} >= {"rewrite"}
    restored = Journal(path).last("list.md")
    assert restored is not None
    assert len(restored.edits) == 69


@pytest.mark.parametrize("form", Form)
def test_a_line_of_a_long_list_is_no_more_than_three_times_its_links(form: Form) -> None:
    path = "../archive/articles/2022/03/2022-03-07-账号-标题-0123456789ab/article.md"
    new = f"[{{}}]({path})" if form in (Form.AUTOLINK, Form.BARE) else path
    edits = tuple(link(n, 150 * n, form=form, around=around(path, new.format(url_of(n)))) for n in range(1500))
    line = json_line(entry_value(replace(entry("list.md", []), edits=edits)))
    assert len(line) <= 3 * sum(len(edit.original.encode()) for edit in edits)


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@localhost")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_two_machines_lose_nothing_to_each_other(tmp_path: Path) -> None:
    """Each folds; git puts both files together, line by line."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    git(here, "init", "-q", "-b", "main")
    (here / ".gitattributes").write_text("*.jsonl merge=union\n", "utf-8")
    run(here / "journal.jsonl", entry("a.md", [1]), entry("b.md", [2]), entry("c.md", [3]))
    git(here, "add", ".")
    git(here, "commit", "-qm", "x")
    git(tmp_path, "clone", "-q", "here", "there")
    later = "2026-05-07T01:00:00+00:00"
    ours, theirs = entry("b.md", [9, 2], at=later), entry("b.md", [2, 8], at=later)
    run(there / "journal.jsonl", theirs, entry("c.md", [], at=later), entry("d.md", [4], at=later))
    run(here / "journal.jsonl", ours, entry("0.md", [7], at=later))
    for folder in (here, there):
        git(folder, "commit", "-qam", "y")
    git(here, "pull", "-q", "--no-rebase", "--no-edit", str(there), "main")
    journal = Journal(here / "journal.jsonl")
    for known in (entry("a.md", [1]), ours, theirs, entry("0.md", [7], at=later), entry("d.md", [4], at=later)):
        assert journal.current(known.note, known.after) == (known, True)
    found, unchanged = journal.current("b.md", digest("merged"))
    assert (found in (ours, theirs), unchanged) == (True, False)
    assert len(run(here / "journal.jsonl", entry("e.md", [5], at=later)).by_target()) == 8
    assert len(Journal(here / "journal.jsonl").by_target()) == 8


def test_lines_that_git_brought_in_during_a_run_are_not_lost(path: Path) -> None:
    run(path, entry("a.md", [1]))
    journal = Journal(path)
    append_lines(path, [entry_value(entry("git.md", [2]))])
    journal.add(entry("b.md", [3]))
    journal.fold()
    assert list(Journal(path).notes()) == ["a.md", "b.md", "git.md"]


def test_an_older_line_that_git_put_behind_a_newer_one_does_not_count(path: Path) -> None:
    old, new = entry("a.md", [1]), entry("a.md", [2, 1], at="2026-05-07T01:00:00+00:00")
    path.write_bytes(b"".join(json_line(entry_value(item)) for item in (new, old)))
    assert Journal(path).last("a.md") == new


def test_the_file_is_whole_whenever_a_run_dies(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = run(path, entry("a.md", [1]))
    journal.add(entry("a.md", [2, 1]))
    journal.settle({"a.md": entry("a.md", [2, 1]).after})
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archiver.store.files.write_synced", full)
    with pytest.raises(StoreError, match="No space"):
        journal.fold()
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["journal.jsonl"]
