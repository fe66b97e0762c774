#!/bin/sh
# brotli 1.2.1 (PyPI): Decompressor.can_accept_more_data() answers True while output is still held back.
#
# Its docstring: False "if the decoder needs to output some data … before being provided any more compressed data", and
# process(): further output comes from calls with empty input "until can_accept_more_data() once returns True". Whoever
# follows that loses the rest of the output, without an error: the stream is at no end, and looks cut off. brotlicffi
# 1.2.1.0, the other binding of the same library, answers as both docstrings say.
#
# Seen: 2,967,000 bytes of HTML in one call of process() with output_buffer_limit=262144.
#   brotli      first piece 491456 bytes, can_accept_more_data() True:  491456 bytes by the documented loop, not finished
#   brotlicffi  first piece 262144 bytes, can_accept_more_data() False: 2967000 bytes, finished
# What works with both: call process(b"") until it returns nothing. urllib3 2.8.0 does, and loses nothing.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check brotli==1.2.1 brotlicffi==1.2.1.0
"$folder/venv/bin/python" - <<'PROGRAM' | tee "$folder/seen"
import brotli
import brotlicffi

LIMIT = 1 << 18
page = b"".join(b"<p>%d</p>" % (n * 7919 % 1000) for n in range(300_000))
packed = brotli.compress(page)
for module in (brotli, brotlicffi):
    stream = module.Decompressor()
    first = stream.process(packed, output_buffer_limit=LIMIT)
    accepts = stream.can_accept_more_data()
    size = len(first)
    while not stream.is_finished() and not stream.can_accept_more_data():
        size += len(stream.process(b"", output_buffer_limit=LIMIT))
    finished = stream.is_finished()
    rest = 0
    while not stream.is_finished() and (piece := stream.process(b"", output_buffer_limit=LIMIT)):
        rest += len(piece)
    print(module.__name__, len(first), accepts, size, finished, rest, stream.is_finished())
PROGRAM
printf '%s\n' 'brotli 491456 True 491456 False 2475544 True' 'brotlicffi 262144 False 2967000 True 0 True' |
  diff - "$folder/seen"
