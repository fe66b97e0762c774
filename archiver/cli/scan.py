"""archiver scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archiver.amounts import counted
from archiver.cli.common import Shared
from archiver.cli.jsonlines import print_json
from archiver.cli.output import err, out
from archiver.models import Status
from archiver.notes.regions import Rule
from archiver.rewriting.account import Accounted, Fate, Why
from archiver.tasks.run import view_run
from archiver.tasks.scan import NotesAccount, scan

_HEADS: Mapping[Fate, str] = {
    Fate.REWRITTEN: "rewritten",
    Fate.KEPT: "kept",
    Fate.NOT_REWRITTEN: "archived only",
    Fate.NOT_ARCHIVED: "not archived",
    Fate.IN_CODE: "in code",
    Fate.NO_ARTICLE: "no article",
    Fate.NOT_UNDERSTOOD: "not understood",
}
_RULES: Mapping[Rule, str] = {
    Rule.INLINE: "a link",
    Rule.REFERENCE: "a reference definition",
    Rule.AUTOLINK: "an autolink",
    Rule.BARE: "a bare address",
    Rule.HTML: "a destination in HTML",
    Rule.SRCSET: "a candidate of a srcset",
    Rule.FRONT_MATTER: "front matter",
    Rule.TEMPLATE: "markup of another language",
    Rule.NESTED: "a link that leads to a link, [t]([url](URL))",
    Rule.WIKILINK: "double square brackets",
    Rule.ATTRIBUTE: "an attribute that shows nothing",
    Rule.SPARE: "another address of an image that has one",
    Rule.HTML_TEXT: "text in HTML",
    Rule.INDENTED: "the body of a tab or admonition",
    Rule.PLAIN: "running text of which GitHub makes no link",
    Rule.UNCERTAIN: "it is not certain where it begins and ends",
    Rule.CODE: "code",
    Rule.OPEN_FENCE: "code that nothing closes",
    Rule.FORMULA: "a formula",
    Rule.COMMENT: "a comment",
    Rule.RAW_TEXT: "script, style or preformatted text",
    Rule.LOCAL: "the name of a file",
    Rule.LINK_TEXT: "the text or title of a link",
}
_WHYS: Mapping[Why, str] = {
    Why.RESTORED: "restored by you",
    Why.TOO_CLOSE: "it stands too close to other marks",
    Why.DUE: "due",
    Why.FORGOTTEN: "forgotten by you",
    Why.HOST_ALONE: "a host without a page",
    Why.INSIDE_ANOTHER: "a part of the address before it",
    Why.OTHER_PAGE: "another page of WeChat",
    Why.PAGE_AS_IMAGE: "a page where an image should be",
    Why.UNREADABLE: "the note cannot be read",
    Why.UNKNOWN_PLACE: "nobody knows what stands there",
    Why.UNKNOWN_ADDRESS: "inside an address that archiver cannot take apart",
}
WHYS: Mapping[str, str] = {
    **{rule.value: text for rule, text in _RULES.items()},
    **{why.value: text for why, text in _WHYS.items()},
    **{status.value: status.value for status in Status},
    "keep": "kept by [rewrite]",
    "": "",
}


def scan_command(shared: Shared) -> None:
    """`archiver scan`."""
    with view_run(shared.config()) as context:
        found = scan(context)
    if shared.as_json:
        _print_json(found)
    else:
        _show(found, verbose=shared.verbose)


def _print_json(found: NotesAccount) -> None:
    for account in found.accounts:
        addresses = [
            {
                "line": item.occurrence.line,
                "column": item.occurrence.column,
                "address": item.occurrence.address,
                "class": item.fate,
                "why": item.why,
            }
            for item in account.addresses
        ]
        print_json("addresses", {"path": account.path, "classes": account.counts, "addresses": addresses})
    failed = [{"path": path, "error": error} for path, error in found.errors]
    members = {"notes": found.notes, "classes": found.counts, "failed": failed, "exit_code": 0}
    print_json("scan", members, schema=1)


def _show(found: NotesAccount, *, verbose: bool) -> None:
    shown = [fate for fate in Fate if found.counts[fate]]
    rows = [(account.path, account.counts) for account in found.accounts]
    out.print("  ".join(f"{_HEADS[fate]:>14}" for fate in shown) + "  note")
    for path, counts in [*rows, (f"in {counted(found.notes, 'note')}", found.counts)]:
        out.print("  ".join(f"{counts[fate]:>14,}" for fate in shown) + f"  {path}")
    wanted = frozenset(Fate) - {Fate.REWRITTEN} if verbose else {Fate.NOT_UNDERSTOOD}
    for line in _lines(item for account in found.accounts for item in account.addresses if item.fate in wanted):
        out.print(line)
    for path, error in found.errors:
        err.print(f"{path}: {error}")


def _lines(addresses: Iterable[Accounted]) -> Iterable[str]:
    for item in addresses:
        at = item.occurrence
        why = f" ({WHYS[item.why]})" if item.why else ""
        yield f"{item.path}:{at.line}:{at.column}: {_HEADS[item.fate]}{why}: {at.address}"
