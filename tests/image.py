"""A Dockerfile's steps where docker cannot build: each stage is this machine's own files under an overlay."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Stage:
    """What comes after a FROM: the instructions and their words."""

    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def last(self, instruction: str) -> str:
        """The words of the last such instruction."""
        return [words for found, words in self.steps if found == instruction][-1]


def read_stages(text: str) -> list[Stage]:
    """The stages of a Dockerfile."""
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    stages: list[Stage] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, _, words = line.partition(" ")
        if instruction == "FROM":
            stages.append(Stage(words.partition(" AS ")[2]))
        else:
            stages[-1].steps.append((instruction, words.strip()))
    return stages


def sources(words: str) -> list[str]:
    """What a COPY takes out of the folder of the Dockerfile."""
    return [] if words.startswith("--from=") else words.split()[:-1]


_LAYER = """\
mkdir -p {at}/upper {at}/work {at}/root
mount -t overlay overlay -o lowerdir=/,upperdir={at}/upper,workdir={at}/work {at}/root
sed -i '/:x:1000:/d' {at}/root/etc/passwd {at}/root/etc/group # the base image has no ordinary user
for place in proc dev sys; do mount --rbind /$place {at}/root/$place; done
"""


_FILTERED = """
import ctypes, json, os, sys
lib = ctypes.CDLL("libseccomp.so.2")
lib.seccomp_init.restype = ctypes.c_void_p
context = ctypes.c_void_p(lib.seccomp_init(ctypes.c_uint32(0x7FFF0000))) # allow
for name in json.load(open(sys.argv[1]))["syscalls"][0]["names"]:
    number = lib.seccomp_syscall_resolve_name(name.encode())
    if number >= 0: # this machine's kind of processor has it
        assert lib.seccomp_rule_add(context, ctypes.c_uint32(0x00050001), number, 0) == 0, name # EPERM
assert lib.seccomp_load(context) == 0 # and no new privileges
os.execvp(sys.argv[2], sys.argv[2:])
"""


class Build:
    """The script that builds the last stage, and then runs commands in it as its user. `context` holds what docker
    would be sent. All mounts are gone when the script ends."""

    def __init__(self, folder: Path, context: Path, stages: Sequence[Stage]) -> None:
        self._folder, self._context = folder, context
        self._lines = ["set -eu", "umask 022"]
        # This machine's Python stands for that of the base image; any user may run that.
        python = Path(sys.base_prefix)
        self._path = f"{python}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        for number, stage in enumerate(stages):
            at = folder / (stage.name or f"stage{number}")
            self._lines.append(_LAYER.format(at=at))
            self._lines += [f"chmod o+x {at}/root{parent}" for parent in python.parents]
            self._root, where = f"{at}/root", "/"
            for instruction, words in stage.steps:
                where = words if instruction == "WORKDIR" else where
                self._lines += self._step(instruction, words, where)

    def _step(self, instruction: str, words: str, where: str) -> list[str]:
        if instruction == "WORKDIR":
            return [f"mkdir -p {self._root}{words}"]
        if instruction == "RUN":
            return [self._chroot(f"cd {where} && {words}")]
        if instruction == "COPY":
            *names, target = words.removeprefix("--from=").split()
            base = f"{self._folder}/{names.pop(0)}/root" if words.startswith("--from=") else f"{self._context}/"
            target = f"{self._root}{target if target.startswith('/') else f'{where}/{target}'}"
            contents = [f"{base}{name}{'/.' if name in ('.', '/wheels') else ''}" for name in names]
            folder = target if target.endswith("/") or names[0] in (".", "/wheels") else str(Path(target).parent)
            return [f"mkdir -p {folder} && cp -a {' '.join(contents)} {target}"]
        return []  # for docker run

    def _chroot(self, command: str) -> str:
        return f"chroot {self._root} {self._words(command, '/root')}"

    def _words(self, command: str, home: str) -> str:
        environment = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HTTPS_", "SSL_"))}
        environment |= {"PATH": self._path, "HOME": home}
        settings = shlex.join(f"{name}={value}" for name, value in environment.items())
        return f"env -i {settings} sh -euc {shlex.quote(command)}"

    def mount(self, folder: Path, place: str) -> None:
        """A volume."""
        self._lines.append(f"mkdir -p {self._root}{place} && mount --bind {folder} {self._root}{place}")

    def run(self, user: str, command: str, profile: str) -> None:
        """At the end, a command of the shell in the image, as `docker run --user` would, without capabilities and under
        a seccomp profile that forbids by name (a path in the image). In a chroot there are no user namespaces, which
        Chromium's sandbox needs: it gets a root of its own."""
        uid, _, gid = user.partition(":")
        plain = f"setpriv --reuid {uid} --regid {gid} --clear-groups --bounding-set -all --inh-caps -all"
        filtered = f"python -c {shlex.quote(_FILTERED)} {profile} sh -euc {shlex.quote(command)}"
        self._lines += [f"cd {self._root}", "mkdir -p old", "pivot_root . old", "umount --lazy /old", "rmdir /old"]
        self._lines.append(f"exec {plain} {self._words(filtered, '/home/archiver')}")

    def perform(self) -> subprocess.CompletedProcess[str]:
        """All of it, in a mount namespace of its own, for which one has to be root."""
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", "\n".join(self._lines)]
        return subprocess.run(command, capture_output=True, text=True, check=False)
