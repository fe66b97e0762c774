#!/bin/sh
# The ideographic space U+3000, with which Chinese texts set things apart, ends a bare address in some implementations of
# GitHub's autolinks and is part of it in others.
#
# Seen: "https://example.org/s/AbC", U+3000, "后文".
#   GitHub's own cmark-gfm (cmarkgfm 2025.10.22, PyPI) and comrak 0.0.16 (PyPI) make one address of all of it: the
#   specification's "space" means ASCII white space there.
#   micromark 4.0.3 with micromark-extension-gfm 3.0.0 (npm; the base of remark-gfm), which sets out to do as GitHub does,
#   marked 18.2.1 (npm) and mistune 3.4.0 (PyPI) end the address before the space.
# So a preview built on remark shows a working link where GitHub shows a dead one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check cmarkgfm==2025.10.22 comrak==0.0.16 mistune==3.4.0
npm init -y >/dev/null
npm install --silent --no-fund --no-audit micromark@4.0.3 micromark-extension-gfm@3.0.0 marked@18.2.1 >/dev/null
cat > address.py <<'PYTHON'
import re
from urllib.parse import unquote

import cmarkgfm
import comrak
import mistune

line = "https://example.org/s/AbC\u3000后文"
options = comrak.ExtensionOptions()
options.autolink = True
shown = {
    "cmarkgfm": cmarkgfm.github_flavored_markdown_to_html(line),
    "comrak": comrak.render_markdown(line, extension_options=options),
    "mistune": mistune.create_markdown(plugins=["url"])(line),
}
for name, html in shown.items():
    print(name, *(unquote(found).replace("\u3000", "<U+3000>") for found in re.findall('href="([^"]*)"', html)))
PYTHON
cat > address.mjs <<'NODE'
import { marked } from "marked";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

const line = "https://example.org/s/AbC\u3000后文";
const shown = {
  micromark: micromark(line, { extensions: [gfm()], htmlExtensions: [gfmHtml()] }),
  marked: marked(line),
};
for (const [name, html] of Object.entries(shown)) {
  const found = [...html.matchAll(/href="([^"]*)"/g)].map((match) => decodeURI(match[1]).replace("\u3000", "<U+3000>"));
  console.log(name, ...found);
}
NODE
{ venv/bin/python address.py; node address.mjs; } | tee seen
cat > wanted <<'WANTED'
cmarkgfm https://example.org/s/AbC<U+3000>后文
comrak https://example.org/s/AbC<U+3000>后文
mistune https://example.org/s/AbC
micromark https://example.org/s/AbC
marked https://example.org/s/AbC
WANTED
diff wanted seen
