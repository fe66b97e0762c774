"""What a run says to people at its end, made from values."""

from __future__ import annotations

from archiver.archive.reasons import change_texts
from archiver.cli.internal import report_it
from archiver.cli.remark_texts import remark_text
from archiver.cli.secrets import without_secrets
from archiver.events import (
    ArticleDone,
    Attention,
    Changed,
    CopyLost,
    Damaged,
    Failed,
    GluedLink,
    HaltCode,
    Halted,
    ItemFailed,
    ItemWaits,
    NoteDone,
    Notice,
    OriginalsLost,
    RefusedLink,
    Remaining,
    WallStands,
)

_STOPPED = {
    HaltCode.THREE_WALLS: "three links met a verification page in this run, though others were answered",
    HaltCode.UNKNOWN_PAGES: "three pages in a row are none that WeChat is known to send, and a link that is known to "
    "answer does not: something is wrong between here and WeChat, or WeChat has changed",
    HaltCode.SAME_FAULT: "the same internal error came three times in a row; what was left is not tried in this run",
    HaltCode.NO_PROBE: "a page came that cannot be judged, and there is no link that is known to answer",
}


def attention_line(item: Attention) -> str:
    """One line about what needs the user, without passwords and credentials."""
    return without_secrets(_of_event(item) or _of_end(item))


def _of_event(item: Attention) -> str:
    """Of what was told while the run went on."""
    match item:
        case ArticleDone():
            place = f"{item.where}: " if item.where else ""
            return f"{place}{item.title or item.url}: {item.status}: {article_reason(item)}"
        case NoteDone():
            return f"{item.path}: {item.error}"
        case Notice():
            return f"{item.path}:{item.line}: {item.url}: {item.why}"
        case Damaged():
            return f"{item.finding.path}: {remark_text(item.finding)}. Mend it with: archiver verify --repair"
        case Halted():
            return halt_text(item)
    return ""


def _of_end(item: Attention) -> str:
    """Of what is added at its end."""
    match item:
        case WallStands():
            return (
                f"WeChat asks for verification; {item.articles:,} articles stay for the next run. Wait until tomorrow."
            )
        case GluedLink():
            return f"{item.where}: {item.count} URLs are glued together; put them apart: {item.url} …"
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
        case Failed():
            return item.error
    return ""


def article_reason(event: ArticleDone) -> str:
    """Why an article is not archived, or what it lacks; empty where there is nothing to say."""
    return "; now: ".join(filter(None, (event.reason, event.now)))


def changed_text(event: Changed) -> str:
    """What became of an article that was looked at again."""
    if event.gone:
        return f"is gone ({event.gone}); the copy stands"
    return f"was edited: {'; '.join(change_texts(event.changes))}"


def halt_text(item: Halted) -> str:
    """Why something was left for the next run."""
    if said := _STOPPED.get(item.code):
        return said
    if item.code is HaltCode.HOST_DOWN:
        return f"{item.host} was given up for this run: {item.error}"
    return item.error


def notice_line(item: Remaining | OriginalsLost) -> str:
    """One line about what is good to know."""
    if isinstance(item, Remaining):
        return f"{item.articles:,} to go, about {item.runs:,} night{'' if item.runs == 1 else 's'} at this pace"
    if item.articles == 1:
        return "1 of your articles was deleted this month; it is safe here"
    safe = "both" if item.articles == 2 else "all"
    return f"{item.articles:,} of your articles were deleted this month, {safe} safe"
