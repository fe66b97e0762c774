"""Texts to search, and what is asked of them: words as frequent as in real Chinese and English, in no order.

That has more pairs of letters than writing, so the indexes are rather larger. The words are those of wordfreq, which
lives in the venv of the peer `search`; its interpreter runs this file by its path:

    .venv-bench-search/bin/python benchmarks/texts.py ARTICLES

It prints a line of JSON for each article: title, account, minutes before now, lines. The same every time.
"""

from __future__ import annotations

import itertools
import json
import random
import sys

ARTICLE = tuple[str, str, int, list[str]]


def make(count: int) -> None:
    """Articles of about 1,800 characters."""
    words, weights = _words("zh", "large")
    foreign, foreign_weights = _words("en", "small")
    some = random.Random(7)
    for number in range(count):
        theme = some.choices(words, cum_weights=weights, k=60)
        lines = []
        for _ in range(max(2, int(some.lognormvariate(0, 0.6) * 14))):
            line: list[str] = []
            for _ in range(some.randint(10, 90)):
                kind = some.random()
                if kind < 0.05:
                    line += some.choices(foreign, cum_weights=foreign_weights)
                else:
                    line += [some.choice(theme)] if kind < 0.2 else some.choices(words, cum_weights=weights)
                line.append("，" if some.random() < 0.08 else "")
            lines.append("".join(line) + "。")
        minutes = some.randint(0, 1500 * 1440)
        account = f"公众号{some.randint(1, max(3, count // 20))}"
        title = "".join(some.choices(theme, k=5))
        made: ARTICLE = (f"{title} {number}", account, minutes, lines)
        print(json.dumps(made, ensure_ascii=False))


def _words(language: str, size: str) -> tuple[list[str], list[float]]:
    from wordfreq import get_frequency_dict  # not where the rest of this module is used

    found = {w: f for w, f in get_frequency_dict(language, wordlist=size).items() if w.isascii() == (language == "en")}
    return list(found), list(itertools.accumulate(found.values()))


if __name__ == "__main__":
    make(int(sys.argv[1]))
