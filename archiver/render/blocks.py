"""A body's tree -> a plain tree of paragraphs, headings, lists, quotes, code and tables for the Markdown converter.

In the new tree every leaf's text is finished Markdown, and nothing but blocks is left around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from archiver.dom import Document, Node, Tag, Text, refill
from archiver.render.code import code_language, code_lines
from archiver.render.css import background_urls
from archiver.render.escape import destination, escape
from archiver.render.formats import DRAWING_TEXT, formatted, stands_apart, without_bold
from archiver.render.inline import Place, Run, render_runs
from archiver.render.links import LocalFiles, safe_url
from archiver.render.lists import item_marker, lists_at_end, start_of, unwrap_first_paragraph
from archiver.render.paragraphs import lines_of_one_paragraph, only_space, paragraphs, tex_source
from archiver.render.rows import is_numbered_line
from archiver.render.tables import caption, data_table, is_data, rows
from archiver.render.text import one_line, words
from archiver.render.tree import BLOCKS, HEADINGS
from archiver.store.layout import TEXT

BREAK = Run(line_break=True)
_NOT_SHOWN = words("defs desc symbol metadata")
_LONGEST_HEADING = 80  # characters
_LONGEST_SENTENCE = 30  # characters of a heading that ends a sentence
_MAX_CONTAINERS = 16  # lists and quotes in each other; deeper ones are written at the same level


@dataclass(slots=True)
class BlockBuilder:
    """Walks a body and appends blocks to `into`. `single` is set while everything has to become one leaf."""

    local_files: LocalFiles
    soup: Document = field(default_factory=Document)
    runs: list[Run] = field(default_factory=list)
    into: Tag = field(init=False)
    single: bool = False
    containers: int = 0
    file: str = ""  # the audio or video file that the card at hand stands for, as a relative URL

    def __post_init__(self) -> None:
        self.into = self.soup

    def build(self, root: Tag) -> Document:
        """The new tree of everything below `root`."""
        self.walk(root, Run())
        self.flush()
        return self.soup

    def walk(self, node: Tag, style: Run) -> None:
        """Take in the children of `node`; `style` is the format they inherit."""
        for child in list(node.children):
            if isinstance(child, Text):
                self.runs.append(style.saying(str(child)))
            elif isinstance(child, Tag):
                self.take(child, style)

    def take(self, element: Tag, style: Run) -> None:
        """Take in one element."""
        name = element.name
        if name in _NOT_SHOWN:
            return
        if name == "br":
            self.runs.append(BREAK)
        elif name in ("img", "image"):
            self.image(element, style)
        elif element.get("data-tex") is not None:
            self.formula(element)
        elif name == "svg" and element.get("data-image"):
            self.add_image(str(element["data-image"]), "", style)
        elif stands_apart(element):
            self.block(element, style)
        else:
            self.backgrounds(element, style)
            self.walk(element, self.styled(element, style))

    def styled(self, element: Tag, style: Run) -> Run:
        """The format inside `element`."""
        name = element.name
        style = formatted(element, style)
        if name in ("sup", "sub"):
            citation = element.get_text(strip=True)[:1] in ("[", "［", "〔")
            return style if citation else style._replace(script=name)
        if name == "a" and (href := self.target(str(element.get("href", "")))):
            return style._replace(href=href)
        return style

    def target(self, href: str) -> str:
        """Where a link of the body leads: to the local copy, where there is one."""
        return self.file or self.local_files.copy(href, TEXT) or safe_url(href)

    def card(self, element: Tag, style: Run) -> None:
        """A block of plain lines; in a card of audio or video they lead to the file, if that is in the archive."""
        stored = self.local_files.playable(str(element.get("data-media", "")))
        self.file = self.local_files.file(stored.path) if stored and stored.path else ""
        if self.file and not element.find("a"):
            refill(element, [self._linked(part) if isinstance(part, Text) else part for part in element.contents])
        self.walk(element, style)
        self.flush()
        self.file = ""

    def _linked(self, text: Text) -> Tag:
        """A text of the card at hand as a link to its file."""
        link = self.soup.new_tag("a", attrs={"href": self.file})
        link.string = str(text)
        return link

    def block(self, element: Tag, style: Run) -> None:
        """Take in a block element: what is before and after it is apart from it."""
        self.flush()
        if element.get("data-decoration") is not None:
            return
        self.backgrounds(element, style)
        if self.single and element.name == "pre":
            self.runs += [run for line in code_lines(element) for run in (style._replace(text=line, code=True), BREAK)]
        elif self.single or element.get("data-media") is not None:
            self.card(element, style)
        elif is_numbered_line(element):
            self.add("p", self.one_leaf(element, style, Place.PARAGRAPH, " "))
        else:
            self.named(element, style)
        self.flush()

    def named(self, element: Tag, style: Run) -> None:
        """A block of a kind that Markdown may have a mark for."""
        name = element.name
        deep = self.containers >= _MAX_CONTAINERS
        if name in HEADINGS:
            self.heading(element, style)
        elif name == "pre":
            self.code(element)
        elif name in ("ul", "ol") and not deep:
            self.items(element, style)
        elif name == "blockquote" and not deep:
            with self.inside("blockquote"):
                self.walk(element, style)
        elif name == "table":
            self.table(element, style)
        elif name == "hr":
            if self.into.name != "li":
                self.into.append(self.soup.new_tag("hr"))
        else:
            self.walk(element, self.styled(element, style))

    def flush(self) -> None:
        """Close the paragraph at hand; two line breaks in a row part paragraphs."""
        if self.single:
            self.runs.append(BREAK)
            return
        runs, self.runs = self.runs, []
        if not any(run.ready or run.text.strip() for run in runs):
            return  # as between most blocks
        for paragraph in paragraphs(runs):
            text = render_runs(paragraph, Place.PARAGRAPH)
            if text:
                self.add("p", text)

    def add(self, name: str, text: str) -> Tag:
        leaf = self.soup.new_tag(name)
        leaf.string = text
        self.into.append(leaf)
        return leaf

    @contextmanager
    def inside(self, name: str) -> Iterator[Tag]:
        """Blocks made meanwhile go into a new element `name`, which is kept only if any were."""
        outer, self.into = self.into, self.soup.new_tag(name)
        self.containers += name in ("ul", "ol", "blockquote")
        yield self.into
        self.flush()
        made, self.into = self.into, outer
        self.containers -= name in ("ul", "ol", "blockquote")
        if made.contents:
            outer.append(made)

    def one_leaf(self, element: Tag, style: Run, place: Place, between: str = "") -> str:
        """All inside `element` as the Markdown of a single leaf; its blocks on lines of their own, or with `between`
        them."""
        self.runs, outer = [], self.runs
        self.single = True
        self.walk(element, style)
        self.single = False
        runs, self.runs = self.runs, outer
        runs = [Run(between) if between and run is BREAK else run for run in runs]
        breaks = [i for i, run in enumerate(runs) if run.line_break]
        doubled = {i for i in breaks if only_space(runs, i)}
        return render_runs([run for i, run in enumerate(runs) if i not in doubled], place)

    def heading(self, element: Tag, style: Run) -> None:
        shown = element.get_text(strip=True)
        # Editors lend a heading's look to whole paragraphs.
        long = len(shown) > (_LONGEST_SENTENCE if "。" in shown else _LONGEST_HEADING)
        text = self.one_leaf(element, style, Place.PARAGRAPH if long else Place.HEADING)
        if long or (text.startswith(("![", "[")) and not shown):
            if text:
                self.add("p", text)
        elif text:
            self.add(element.name, without_bold(text))

    def code(self, element: Tag) -> None:
        lines = code_lines(element)
        if lines:
            self.add("pre", "\n".join(lines))["data-language"] = code_language(element)

    def items(self, element: Tag, style: Run) -> None:
        """A list. A list within a list belongs to the item before; whatever else is no item becomes one."""
        second = lists_at_end(self.into, element.name) % 2
        number = start_of(element) if element.name == "ol" else None
        with self.inside(element.name) as made:
            item: Tag | None = None
            for child in list(element.children):
                if isinstance(child, Tag) and child.name in ("ul", "ol") and item is not None:
                    self.into = item
                    self.take(child, style)
                    self.into = made
                    continue
                with self.inside("li") as new:
                    self.item(child, style)
                if not new.contents:
                    continue
                item = new
                unwrap_first_paragraph(item)
                item["data-mark"] = item_marker(number, second)
                number = number + 1 if number is not None else None

    def item(self, child: Node, style: Run) -> None:
        if isinstance(child, Text):
            self.runs.append(style.saying(str(child)))
        elif isinstance(child, Tag) and child.name == "li":
            self.backgrounds(child, style)
            self.walk(child, self.styled(child, style))
        elif isinstance(child, Tag):
            self.take(child, style)

    def table(self, element: Tag, style: Run) -> None:
        """A GFM table for data; the contents of the cells one after the other for layout."""
        if not is_data(element):
            self.walk(element, style)
            return
        named = caption(element)
        if named:
            self.add("p", self.one_leaf(named, style, Place.PARAGRAPH))
        leaf = partial(self.one_leaf, style=style, place=Place.CELL)
        self.into.append(data_table(rows(element), leaf, self.soup))

    def image(self, element: Tag, style: Run) -> None:
        url = str(element.get("src") or element.get("href") or element.get("xlink:href") or "")
        self.add_image(url, str(element.get("alt", "")), style)

    def add_image(self, url: str, alt: str, style: Run) -> None:
        """An image that is in the archive; else a link to it, with a note: a page must not have others' servers asked
        whenever its copy is looked at."""
        label, local, remote = one_line(alt), self.local_files.href(url), safe_url(url)
        if local:
            self.runs.append(style._replace(ready=f"![{escape(label, in_link=True)}]({destination(local)})"))
            return
        if remote:
            self.runs.append(Run(label or "图片", href=remote))
        self.runs.append(
            style._replace(text=f"（图片未存档：{one_line(self.local_files.reason(url))}）", emphasis=False, code=False)
        )

    def backgrounds(self, element: Tag, style: Run) -> None:
        """The element's background images as images before its contents."""
        attribute = str(element.get("style", ""))
        for url in background_urls(attribute) if "url" in attribute else ():
            if self.local_files.href(url) or safe_url(url):
                self.add_image(url, "", style)
                if element.name in BLOCKS or element.name in DRAWING_TEXT:
                    self.flush()

    def formula(self, element: Tag) -> None:
        tex = tex_source(str(element["data-tex"]))
        if not tex:
            self.walk(element, Run())
        elif element.get("data-display") == "block" and not self.single and self.into.name != "li":
            self.flush()
            self.add("p", f"$$\n{lines_of_one_paragraph(tex)}\n$$")
        else:
            last = self.runs[-1].text[-1:] if self.runs else ""
            # GitHub takes `$` for a formula only beside a space or punctuation.
            self.runs += [Run(" ")] if last.isalnum() else []
            self.runs.append(Run(ready="$" + " ".join(tex.split()) + "$"))
            following = element.next_sibling
            if isinstance(following, Text) and following[:1].isalnum():
                self.runs.append(Run(" "))
