"""Looks at a page whose scripts run, or do what they like.

Playwright bounds only the search for elements in time: `page.content()` and `evaluate()` wait for ever for a page whose
scripts do not end. So what is to be known of a page is the text of a made-up element, and these are ways to search for
it. They run in a world of their own, out of reach of what scripts do to theirs, and ask as no element can hide that is
named like a member of the document.
"""

from __future__ import annotations

from playwright.sync_api import Page, Selectors

_SEARCH = """{
  queryAll(_root, css) {
    const member = name => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
    const text = (%s)(css, member);
    if (text === null) return [];
    const found = Document.prototype.createElementNS.call(document, 'http://www.w3.org/1999/xhtml', 'pre');
    found.textContent = text;
    return [found];
  },
  query(root, css) { return this.queryAll(root, css)[0] ?? null; }
}"""
# Of a page that goes elsewhere before it was read to its end, the rest is never read, and this event never comes.
_END = """(css, member) => {
  if (performance.timing.domContentLoadedEventEnd > 0) return 'whole';
  return member('readyState') === 'complete' ? 'left' : null;
}"""
_SNAPSHOT = """(css, member) => {
  const root = member('documentElement'), doctype = member('doctype');
  const body = Document.prototype.querySelector.call(document, css);
  const filled = body && (body.textContent.trim() !== '' || body.querySelector('img, svg, iframe') !== null);
  if (css !== ':root' && !filled) return null;
  return (doctype ? new XMLSerializer().serializeToString(doctype) : '') + (root ? root.outerHTML : '');
}"""


def teach(selectors: Selectors) -> None:
    """Make the looks known to a Playwright, once."""
    for name, look in (("end", _END), ("snapshot", _SNAPSHOT)):
        selectors.register(name, script=_SEARCH % look, content_script=True)


def came_whole(page: Page, seconds: float) -> bool:
    """Whether a page came to its end; False where it was left before. Raises Playwright's TimeoutError where neither
    happens within so many seconds."""
    return page.locator("end=any").text_content(timeout=seconds * 1000) == "whole"


def snapshot(page: Page, css: str, seconds: float) -> str:
    """The DOM, once the element that `css` names holds something (`:root`: as it is). Raises Playwright's TimeoutError
    where it does not within so many seconds, or the scripts let nobody look."""
    return page.locator(f"snapshot={css}").text_content(timeout=seconds * 1000) or ""
