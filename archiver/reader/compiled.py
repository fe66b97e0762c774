"""Templates as Jinja2 has compiled them, kept where Python keeps compiled modules: beside them, or where
PYTHONPYCACHEPREFIX says. Where nothing can be written there, each run compiles them."""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

_FOLDER = Path(__file__).with_name("templates")
_DIGEST = 32  # bytes


class CompiledTemplates(BytecodeCache):
    """A file for each template, behind a digest of it and of the options that it was compiled with. Jinja2 itself looks
    whether the template, its own format and Python's are still the same."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            data = _place(bucket).read_bytes()
            if data[:_DIGEST] == _digest(bucket, data[_DIGEST:]):
                bucket.bytecode_from_string(data[_DIGEST:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        place, data = _place(bucket), bucket.bytecode_to_string()
        other = place.with_name(f"{place.name}.{os.getpid()}")  # another run may do the same
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            other.write_bytes(_digest(bucket, data) + data)
            other.replace(place)
        except OSError:
            with suppress(OSError):
                other.unlink()


def _digest(bucket: Bucket, data: bytes) -> bytes:
    made = bucket.environment
    options = (made.autoescape, made.trim_blocks, made.lstrip_blocks, made.keep_trailing_newline, made.undefined)
    return hashlib.sha256(f"{options}".encode() + data).digest()


def _place(bucket: Bucket) -> Path:
    return Path(cache_from_source(str(_FOLDER / f"{bucket.key}.py")))
