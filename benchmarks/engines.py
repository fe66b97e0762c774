"""tantivy's side of benchmarks.search_peers, run by the interpreter of the venv that has it, by its path:

    .venv-bench-search/bin/python benchmarks/engines.py FOLDER < {"texts": [[title, body], …], "terms": […]}

Chinese is given to it letter by letter, as are signs and the ends of lines, with blanks between, and asked for as a
phrase: of tantivy's own ways of cutting texts that is the one which finds every run of letters, and only those. Prints
JSON: seconds of CPU of the build, bytes of the index, and of each term milliseconds of CPU (count of all, the first 20
with snippets) and the numbers of all articles found.
"""

import json
import sys
import time
from pathlib import Path

import tantivy

FIRST = 20
ALL = 1_000_000


def cut(text: str) -> str:
    """Blanks around everything but Latin letters, digits and blanks."""
    latin = {letter: letter.isascii() and letter.isalnum() for letter in set(text)}
    return "".join(letter if latin[letter] else f" {letter} " for letter in text)


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("title", stored=True, tokenizer_name="blanks")
    builder.add_text_field("body", stored=True, tokenizer_name="blanks")
    builder.add_integer_field("number", stored=True, fast=True)
    return builder.build()


def build(folder: str, texts: list[list[str]]) -> tuple[tantivy.Index, float]:
    begun = time.process_time()
    index = tantivy.Index(schema(), path=folder)
    blanks = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).filter(tantivy.Filter.lowercase()).build()
    index.register_tokenizer("blanks", blanks)
    writer = index.writer(heap_size=256_000_000, num_threads=1)
    for number, (title, body) in enumerate(texts):
        writer.add_document(tantivy.Document(title=cut(title), body=cut(body.replace("\n", "¶")), number=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index, time.process_time() - begun


def ask(index: tantivy.Index, term: str) -> tuple[float, list[int]]:
    searcher = index.searcher()
    begun = time.process_time()
    query = index.parse_query(f'"{cut(term).strip()}"', ["title", "body"])
    found = searcher.search(query, FIRST, count=True)
    snippets = tantivy.SnippetGenerator.create(searcher, query, index.schema, "body")
    for _, address in found.hits:
        snippets.snippet_from_doc(searcher.doc(address)).to_html()
    taken = time.process_time() - begun
    every = searcher.search(query, ALL, count=True)
    return taken * 1000, [int(searcher.doc(address)["number"][0]) for _, address in every.hits]


def main() -> None:
    given = json.load(sys.stdin)
    index, seconds = build(sys.argv[1], given["texts"])
    size = sum(path.stat().st_size for path in Path(sys.argv[1]).iterdir())
    answers = {term: ask(index, term) for term in given["terms"]}
    print(json.dumps({"seconds": seconds, "bytes": size, "answers": answers}))


if __name__ == "__main__":
    main()
