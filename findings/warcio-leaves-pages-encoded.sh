#!/bin/sh
# warcio 1.8.1 (PyPI) gives out answers in WARC files with their encoding on, and says nothing: `content_stream()`, which
# undoes Content-Encoding and Transfer-Encoding, knows them only in some spellings.
#
# Valid input: answers with the encodings that browsers ask for, as crawlers that keep what came write them down.
#   gzip, chunked       undone
#   zstd                left as it is. Chromium asks for it, and large sites send it.
#   x-gzip              left, though it is gzip (RFC 9110, 8.4.1.3)
#   gzip, br            left: two encodings, one upon the other, are none that it knows
#   Chunked             left, with the sizes of the chunks between the bytes, though case does not count (RFC 9112, 7)
#   gzip, chunked       (a Transfer-Encoding) left
#   br                  is not read at all: AttributeError, where brotli 1.2.0 is installed, which warcio wants for it.
#                       It sets an attribute on the decompressor, which that has no room for.
# No digest tells: all of them are of the encoded bytes. What reads pages has to undo encodings by itself.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  warcio==1.8.1 brotli==1.2.0 backports.zstd==1.0.0
cat > read.py <<'READ'
import gzip
import io

import brotli
from backports import zstd
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

PAGE = b"<html>the page</html>"


def chunked(data):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)


ANSWERS = [
    ("Content-Encoding", "gzip", gzip.compress(PAGE)),
    ("Transfer-Encoding", "chunked", chunked(PAGE)),
    ("Content-Encoding", "zstd", zstd.compress(PAGE)),
    ("Content-Encoding", "x-gzip", gzip.compress(PAGE)),
    ("Content-Encoding", "gzip, br", brotli.compress(gzip.compress(PAGE))),
    ("Transfer-Encoding", "Chunked", chunked(PAGE)),
    ("Transfer-Encoding", "gzip, chunked", chunked(gzip.compress(PAGE))),
    ("Content-Encoding", "br", brotli.compress(PAGE)),
]
for name, value, body in ANSWERS:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=True)
    http = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), (name, value)], protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record(
            "https://example.org/", "response", payload=io.BytesIO(body), length=len(body), http_headers=http
        )
    )
    file.seek(0)
    record = next(iter(ArchiveIterator(file, check_digests="raise")))
    try:
        found = record.content_stream().read()
        print(f"{name}: {value}:", "undone" if found == PAGE else "left" if found == body else found)
    except AttributeError:
        print(f"{name}: {value}:", "AttributeError")
READ
venv/bin/python read.py | tee seen
cat > wanted <<'WANTED'
Content-Encoding: gzip: undone
Transfer-Encoding: chunked: undone
Content-Encoding: zstd: left
Content-Encoding: x-gzip: left
Content-Encoding: gzip, br: left
Transfer-Encoding: Chunked: left
Transfer-Encoding: gzip, chunked: left
Content-Encoding: br: AttributeError
WANTED
diff wanted seen
