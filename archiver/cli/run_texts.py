"""What a run says to people at its end, made from values."""

from __future__ import annotations

from archiver.amounts import counted
from archiver.archive.reasons import change_texts
from archiver.cli.internal import report_it
from archiver.cli.next_steps import next_step
from archiver.cli.secrets import without_secrets
from archiver.cli.short import short_fields
from archiver.events import (
    MORE_LEFT,
    AddressLeft,
    ArticleDone,
    Attention,
    Changed,
    CopyLost,
    Damaged,
    Failed,
    GluedLink,
    GoodToKnow,
    ImageDone,
    ItemFailed,
    ItemWaits,
    NoNotes,
    NotCommitted,
    NoteDone,
    Notice,
    PagesDiffer,
    PublishChanged,
    RefusedLink,
    Remaining,
    Uncovered,
    WallStands,
)
from archiver.models.halts import HaltCode, Halted
from archiver.models.hooks import HookFailed, HooksLeft, HookTrouble
from archiver.models.reading import SignCode
from archiver.models.rescue import CameBack

_STOPPED = {
    HaltCode.THREE_WALLS: "three links met a verification page in this run, though others were answered",
    HaltCode.UNKNOWN_PAGES: "three pages in a row are none that WeChat is known to send, and a link that is known to "
    "answer does not: something is wrong between here and WeChat, or WeChat has changed",
    HaltCode.SAME_FAULT: "the same internal error came three times in a row; what was left is not tried in this run",
    HaltCode.EGRESS_WALLED: "WeChat asks for verification; through it no further article is asked for in this run",
    HaltCode.NO_PROBE: "a page came that cannot be judged, and there is no link that is known to answer",
}


_ARCHIVED = "it is archived, and the note stays as it is"
RULES = {
    MORE_LEFT: "more {addresses} in notes, at which nothing is written: archiver scan lists them",
    "": "not understood, so neither archived nor rewritten; make a link of it, or report it as a bug",
    "attribute": f"an attribute that shows nothing; {_ARCHIVED}",
    "html-text": f"text in HTML, of which GitHub makes no link; {_ARCHIVED}",
    "indented": f"the body of a tab or admonition, which is code to GitHub; {_ARCHIVED}",
    "nested": 'a link that was pasted into its own template; [rewrite] nested_links = "mend" puts it right',
    "open-fence": "in a block of code that nothing closes ({count:,} {addresses}): close it, if these are links",
    "plain-text": f"no link to GitHub: it has no scheme, or is glued to a word; {_ARCHIVED}",
    "template": f"in markup of another language; {_ARCHIVED}",
    "wikilink": f"in double square brackets; {_ARCHIVED}",
}


def attention_line(item: Attention) -> str:
    """One line about what needs the user, with the next step, without passwords and credentials."""
    item = short_fields(item)
    said = left_text(item) if isinstance(item, AddressLeft) else _of_event(item) or _of_end(item) or _of_hook(item)
    step = next_step(item)
    return without_secrets(f"{said}. {step}" if step else said)


def _of_event(item: Attention) -> str:
    """Of what was told while the run went on."""
    match item:
        case ArticleDone():
            place = f"{item.where}: " if item.where else ""
            return f"{place}{item.title or item.url}: {item.status}: {article_reason(item)}"
        case ImageDone():
            return f"{item.where}: {item.url}: {item.error}"
        case NoteDone():
            return f"{item.path}: {item.error}"
        case Notice():
            return f"{item.path}:{item.line}: {item.url}: {item.why}" if item.url else f"{item.path}: {item.why}"
        case Damaged():
            from archiver.cli.remark_texts import remark_text  # with all that knows of damage

            return f"{item.finding.path}: {remark_text(item.finding)}"
        case Halted():
            return halt_text(item)
    return ""


def _of_end(item: Attention) -> str:
    """Of what is added at its end."""
    match item:
        case WallStands():
            return f"WeChat asks for verification; {counted(item.articles, 'article')} left for the next run"
        case GluedLink():
            return f"{item.where}: {item.count} URLs are glued together: {item.url} …"
        case RefusedLink():
            return f"{item.where}: {item.url}: refused: {item.reason}"
        case CopyLost():
            why = f"{item.status} ({item.reason})" if item.reason else item.status
            return f"{item.where}: {item.url}: its copy was deleted from the archive, and the original is {why}"
        case ItemFailed():
            what = " ".join(filter(None, (item.kind, item.name)))
            return f"{what}: {item.error}{report_it(item.report)}"
        case ItemWaits():
            return f"{item.kind} {item.name}: not tried again before {item.until[:10]}, since an internal error came"
        case NotCommitted():
            return f"{item.note}: not committed: {_not_there(item)}"
        case NoNotes():
            return no_notes_text(item)
        case Failed():
            return item.error
    return ""


def _of_hook(item: Attention) -> str:
    """Of what became of the user's own program."""
    if isinstance(item, HooksLeft):
        return f"[hooks] after_article: not run for {counted(item.articles, 'more article')}"
    if not isinstance(item, HookFailed):
        return ""
    why = {
        HookTrouble.EXIT: f"it ended with exit code {item.code}",
        HookTrouble.TIMEOUT: f"it did not end in {item.seconds:g} s",
        HookTrouble.NOT_STARTED: "it could not be run",
        HookTrouble.NO_ARTICLE: "the article could not be read",
    }[item.trouble]
    return f"[hooks] after_article: {item.folder}: {why}" + (f": {item.said}" if item.said else "")


def _not_there(item: NotCommitted) -> str:
    if item.missing:
        return f"it leads to {item.missing}, which is neither in the commit nor in HEAD"
    return "it is in a repository of its own, and leads out of it; commit it there, or [notes] exclude it"


def left_text(item: AddressLeft) -> str:
    """Why nothing is written at addresses of a note."""
    place = f"{item.path}:{item.line}:{item.column}: "
    why = RULES[item.rule].format(count=item.count, addresses="address" if item.count == 1 else "addresses")
    if item.rule == MORE_LEFT:
        return f"{item.count:,} {why}"
    if item.rule == "open-fence" or item.count == 1:
        return f"{place}{item.address}: {why}"
    return f"{place}{item.address}, and {item.count - 1:,} more in this note: {why}"


def article_reason(event: ArticleDone) -> str:
    """Why an article is not archived, or what it lacks; empty where there is nothing to say."""
    why = "; now: ".join(filter(None, (event.reason, event.now)))
    return f"{why}; to have it, add {', '.join(event.hosts)} to [images] mirror_hosts" if event.hosts else why


def changed_text(event: Changed) -> str:
    """What became of an article that was looked at again."""
    if event.gone:
        return f"is gone ({event.gone}); the copy stands"
    return f"was edited: {'; '.join(change_texts(event.changes))}"


def halt_text(item: Halted) -> str:
    """Why something was left for the next run."""
    if said := _STOPPED.get(item.code):
        return f"egress {item.host}: {said}" if item.host else said
    if item.code is HaltCode.HOST_DOWN:
        return f"{item.host} was given up for this run: {item.error}"
    return item.error


_PUBLISHED = {
    "all": "all of the archive goes into git now",
    "images": "of the archive only the images that notes show go into git now",
    "nothing": "of the archive only links.jsonl and journal.jsonl go into git now",
}
_OVERRULED = {
    "images": ", and links to articles stay as they are, whatever [rewrite] says: the copies are in the reader",
    "nothing": ", and notes are not rewritten, whatever [rewrite] says: the copies are in the reader",
}


def publish_text(item: PublishChanged) -> str:
    """What a change of [archive] publish means."""
    said = _PUBLISHED[item.publish] + (_OVERRULED[item.publish] if item.overruled else "")
    return f"[archive] publish: {said}"


def no_notes_text(item: NoNotes) -> str:
    """That there are no notes, and what that may mean."""
    head = f"no file in {item.root} matches [notes] include ({', '.join(item.include)})"
    if item.named:
        return f"{head}, but the archive knows of notes: were they moved? Set root and include"
    return f"{head}: " + (
        "only what `archiver add` was given is looked after" if item.added else "set root and include"
    )


_SIGNS = {
    SignCode.MISSING: "{what} is missing",
    SignCode.UNKNOWN_KIND: "item_show_type {what} is not known",
    SignCode.UNKNOWN_ELEMENT: "elements that are not known ({what})",
    SignCode.UNCOVERED: "the copy lacks a part of the page",
    SignCode.RENDERED: "no article until the page's scripts had run",
}
_MOST_SIGNS = 3


def pages_text(item: PagesDiffer) -> str:
    """That WeChat's pages have changed, by what that is seen, and what to do."""
    said = [
        f"{_SIGNS[sign.code].format(what=sign.what)}: {sign.pages:,} of {counted(sign.of, 'new page')}"
        f"{f' ({sign.kind})' if sign.kind else ''}, {sign.before:,} of {sign.of_before:,} before"
        for sign in item.signs[:_MOST_SIGNS]
    ]
    more = [f"{counted(len(item.signs) - _MOST_SIGNS, 'more sign')}"] if len(item.signs) > _MOST_SIGNS else []
    step = "Look at one of them; a newer archiver may know these pages, else: archiver report URL"
    return f"WeChat seems to have changed its pages: {'; '.join([*said, *more])}. {step}"


def came_back_text(item: CameBack) -> str:
    """What came of the web archive."""
    counts = {"article": item.articles, "image": item.images}
    back = [f"{count:,} {what}{'' if count == 1 else 's'}" for what, count in counts.items() if count]
    head = f"{' and '.join(back) or 'nothing'} came back from the Internet Archive"
    if item.saved:
        head += f", which captured {item.saved:,} that {'is' if item.saved == 1 else 'are'} still there"
    left = f"{item.left:,} left for the next run" if item.left else ""
    return "; ".join(filter(None, (head, left, item.why)))


def notice_line(item: GoodToKnow) -> str:
    """One line about what is good to know."""
    if isinstance(item, PublishChanged):
        return publish_text(item)
    if isinstance(item, PagesDiffer):
        return pages_text(item)
    if isinstance(item, NoNotes):
        return no_notes_text(item)
    if isinstance(item, Uncovered):
        lack = "article lacks" if item.articles == 1 else "articles lack"
        return f"{item.articles:,} {lack} part of the page; the worst has {item.share:.1%}: {item.folder}"
    if isinstance(item, CameBack):
        return came_back_text(item)
    if isinstance(item, Remaining):
        return f"{item.articles:,} to go, about {counted(item.runs, 'night')} at this pace"
    if item.articles == 1:
        return "1 of your articles was deleted this month; it is safe here"
    safe = "both" if item.articles == 2 else "all"
    return f"{item.articles:,} of your articles were deleted this month, {safe} safe"
