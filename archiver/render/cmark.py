"""GitHub's own Markdown parser, cmark-gfm, by way of the library that cmarkgfm brings, with its memory given back.

cmarkgfm (2025.10.22) frees neither the tree that it makes of a text nor the page: 200 renderings of a note of 121 kB
take 600 MB. Its library can do both, and tells so where it exports its functions, as it does on Linux and macOS.
Elsewhere its pages are the same, and its memory is given back when the program ends.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

from cmarkgfm import _cmark, github_flavored_markdown_to_html
from cmarkgfm import cmark as gfm
from cmarkgfm.cmark import Options

_OPTIONS = Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_UNSAFE  # raw HTML passes, and is sanitised afterwards
_EXTENSIONS = ("table", "autolink", "tagfilter", "strikethrough", "tasklist")  # of github_flavored_markdown_to_html
_Free = Callable[[int], None]


class _Memory(ctypes.Structure):
    """`cmark_mem` of cmark-gfm.h: how it takes memory and gives it back."""

    _fields_ = (
        ("calloc", ctypes.c_void_p),
        ("realloc", ctypes.c_void_p),
        ("free", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    )


def github_html(text: str) -> str:
    """The HTML that cmark-gfm makes of Markdown without front matter, before it is sanitised."""
    free = _free()
    return str(github_flavored_markdown_to_html(text, options=_OPTIONS)) if free is None else _render(text, *free)


@cache
def _free() -> tuple[_Free, _Free] | None:
    """What frees a tree and a page, given their addresses; None where the library does not show it."""
    try:
        library = ctypes.CDLL(_cmark.__file__)
        free_node, memory_of = library.cmark_node_free, library.cmark_get_default_mem_allocator
    except (OSError, AttributeError):
        return None
    free_node.argtypes, free_node.restype = (ctypes.c_void_p,), None
    memory_of.argtypes, memory_of.restype = (), ctypes.POINTER(_Memory)
    memory = memory_of().contents
    return free_node, memory.free


def _render(text: str, free_node: _Free, free: _Free) -> str:
    """As cmarkgfm.cmark.markdown_to_html_with_extensions, but that what it takes is given back."""
    gfm.core_extensions_ensure_registered()
    options = _OPTIONS | Options.CMARK_OPT_GITHUB_PRE_LANG
    parser = gfm.parser_new(options)
    try:
        for name in _EXTENSIONS:
            gfm.parser_attach_syntax_extension(parser, gfm.find_syntax_extension(name))
        gfm.parser_feed(parser, text)
        root = gfm.parser_finish(parser)
        try:
            page = _cmark.lib.cmark_render_html(root, options, gfm.parser_get_syntax_extensions(parser))
            try:
                return bytes(_cmark.ffi.string(page)).decode()
            finally:
                free(_address(page))
        finally:
            free_node(_address(root))
    finally:
        gfm.parser_free(parser)


def _address(pointer: Any) -> int:
    return int(_cmark.ffi.cast("uintptr_t", pointer))
