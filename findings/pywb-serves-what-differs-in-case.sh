#!/bin/sh
# pywb serves another page for an address that differs from it in case only, with status 200 and without a redirect. Its
# keys are lower-cased, so that the captures of both are those of one page, and the nearest in time comes: also where the
# address that was asked for has a capture of its own. Headers alone tell: Content-Location, and Link with rel="original".
# WeChat's tokens, ids of images and those of many short links are case-sensitive.
#
# Seen with pywb 2.10.0 (PyPI), a WARC with /s/AbCdEf of 2021 and /s/aBcDeF of 2022 (two pages), asked with `id_`:
#   /20220601000000id_/…/s/AbCdEf   200, the page of /s/aBcDeF; Content-Location names /s/aBcDeF
#   /20210601000000id_/…/s/AbCdEf   200, its own page
#   /20220601000000id_/…/s/ABCDEF   200, the page of /s/aBcDeF, although nobody ever captured /s/ABCDEF
#   /20220601000000id_/…/s/abcdeg   404
# So a client has to compare the address in these headers, letter by letter, and not only the status.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pywb==2.10.0 'setuptools<81' webtest==3.0.7
cat > make.py <<'PYTHON'
import io

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

with open("pages.warc.gz", "wb") as file:
    writer = WARCWriter(file)
    for name, text, year in (("AbCdEf", "first", 2021), ("aBcDeF", "second", 2022)):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            f"https://pages.example/s/{name}",
            "response",
            payload=io.BytesIO(f"<p>{text}</p>".encode()),
            http_headers=headers,
            warc_headers_dict={"WARC-Date": f"{year}-01-01T00:00:00Z"},
        )
        writer.write_record(record)
PYTHON
cat > ask.py <<'PYTHON'
from pywb.apps.frontendapp import FrontEndApp
from webtest import TestApp

app = TestApp(FrontEndApp(custom_config={"debug": False}))
for year, name in ((2022, "AbCdEf"), (2021, "AbCdEf"), (2022, "ABCDEF"), (2022, "abcdeg")):
    answer = app.get(f"/c/{year}0601000000id_/https://pages.example/s/{name}", expect_errors=True)
    found = answer.status_int == 200
    body = answer.text if found else "-"
    place = answer.headers["Content-Location"].rpartition("/")[2] if found else "-"
    print("seen", year, name, answer.status_int, body, place)
PYTHON
venv/bin/python make.py
venv/bin/wb-manager init c >/dev/null 2>&1
venv/bin/wb-manager add c pages.warc.gz >/dev/null 2>&1
venv/bin/python -W ignore ask.py 2>/dev/null | grep '^seen' | tee seen
cat > wanted <<'WANTED'
seen 2022 AbCdEf 200 <p>second</p> aBcDeF
seen 2021 AbCdEf 200 <p>first</p> AbCdEf
seen 2022 ABCDEF 200 <p>second</p> aBcDeF
seen 2022 abcdeg 404 - -
WANTED
cmp seen wanted
