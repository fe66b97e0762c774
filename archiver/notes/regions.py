"""What the parser says of the places in a note: by which rule an address there is a link, or why it is none."""

from __future__ import annotations

from enum import StrEnum

from archiver.models import Form, Link, Span
from archiver.models.values import dataclass


class Rule(StrEnum):
    """The rules of the parser. Those of the first group make links, which are rewritten; by those of the second an
    address is archived and its bytes stay; what the third group covers is no address of the note's."""

    INLINE = Form.INLINE.value
    REFERENCE = Form.REFERENCE.value
    AUTOLINK = Form.AUTOLINK.value
    BARE = Form.BARE.value
    HTML = Form.HTML.value
    SRCSET = "srcset"  # a candidate in the `srcset` of an image

    FRONT_MATTER = "front-matter"
    TEMPLATE = "template"  # a tag, macro, shortcode, expression or comment of another language
    NESTED = "nested"  # [t]([url](URL)): a link whose destination is a link itself
    WIKILINK = "wikilink"  # [[URL]], [[URL][text]]
    ATTRIBUTE = "attribute"  # any attribute of an HTML tag that is no destination
    SPARE = "spare"  # another address of an image whose own stands beside it
    HTML_TEXT = "html-text"  # text in a block of HTML, which GitHub shows as it is
    INDENTED = "indented"  # the body of a tab or an admonition, which is code to GitHub
    PLAIN = "plain-text"  # running text of which GitHub makes no link: without a scheme, or glued to a word
    UNCERTAIN = "uncertain"  # a link of which it is not certain where its address begins and ends

    CODE = "code"
    OPEN_FENCE = "open-fence"  # code whose fence is never closed: it hides the rest of the note
    FORMULA = "formula"
    COMMENT = "comment"
    RAW_TEXT = "raw-text"  # in <script>, <style>, <textarea>, <pre> or <code>
    LOCAL = "local"  # a destination without a host: a file beside the note, named like one
    LINK_TEXT = "link-text"  # the text, alternative text or title of a link


LINKS = frozenset({Rule.INLINE, Rule.REFERENCE, Rule.AUTOLINK, Rule.BARE, Rule.HTML, Rule.SRCSET})
NO_ADDRESSES = frozenset(
    {Rule.CODE, Rule.OPEN_FENCE, Rule.FORMULA, Rule.COMMENT, Rule.RAW_TEXT, Rule.LINK_TEXT, Rule.LOCAL},
)
EVERY_RULE = frozenset(Rule)


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a note in which no address is the note's own."""

    span: Span
    rule: Rule


@dataclass(frozen=True, slots=True)
class Mention:
    """An address that the note names where nothing is written. `span` is where it stands, as `link.span` is: but for
    the real address of an image with a stand-in, where that is the span of the stand-in."""

    link: Link
    span: Span
    rule: Rule
