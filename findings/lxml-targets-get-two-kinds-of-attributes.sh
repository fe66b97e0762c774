#!/bin/sh
# lxml 6.1.3 (PyPI) hands the attributes of an element to a parser's target as a new dict where there are any, and as an
# object that cannot be changed where there are none. Setting a value in that one raises KeyError, with the name as if it
# had been looked up.
#
# Valid input: a well-formed document of an element with an attribute and one without; the target sets one more on each.
#   xml.etree.ElementTree    a dict for both: both can be changed
#   lxml, XMLParser          the first can be changed, the second raises KeyError
#   lxml, HTMLParser         the same, also for html and body, which the parser itself puts in
# The target's interface is that of ElementTree, so a class written for that one works with lxml as long as its tests have
# an attribute on each element.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check lxml==6.1.3
cat > parse.py <<'PARSE'
import xml.etree.ElementTree as ElementTree

from lxml import etree


class Target:
    def __init__(self):
        self.seen = []

    def start(self, tag, attributes):
        try:
            attributes["read"] = "yes"
            self.seen.append(f"{tag} changed")
        except Exception as error:
            self.seen.append(f"{tag} {error!r}")

    def end(self, tag):
        pass

    def data(self, text):
        pass

    def close(self):
        return ", ".join(self.seen)


PAGE = "<section class='a'><p>text</p></section>"
for name, parse, parser in (
    ("ElementTree", ElementTree.fromstring, ElementTree.XMLParser),
    ("lxml XMLParser", etree.fromstring, etree.XMLParser),
    ("lxml HTMLParser", etree.fromstring, etree.HTMLParser),
):
    print(f"{name}: {parse(PAGE, parser=parser(target=Target()))}")
PARSE
venv/bin/python parse.py | tee seen
cat > wanted <<'WANTED'
ElementTree: section changed, p changed
lxml XMLParser: section changed, p KeyError('read')
lxml HTMLParser: html KeyError('read'), body KeyError('read'), section changed, p KeyError('read')
WANTED
diff wanted seen
