"""A certificate authority, one for all replicas of a process: to make its keys anew for each would cost more time than
many a test, and what a client trusts is the same."""

from __future__ import annotations

import atexit
import functools
import shutil
import ssl
import tempfile
import threading
from pathlib import Path

import trustme


@functools.cache
def shared_authority() -> Authority:
    """That of this process; its files go when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="replica-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Authority(folder)


class Authority:
    """Signs one certificate per host and writes its own certificate to `ca_bundle` (PEM).

    The CA's certificate is sent in every chain: Chromium compares `--ignore-certificate-errors-spki-list` with the keys
    that the server sends, so the hash of the CA's key alone is then enough for all hosts.
    """

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA(organization_name="archiver test replica")
        self._folder = folder
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self.ca_bundle = self._folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_bundle))

    def context(self, host: str) -> ssl.SSLContext:
        """The server-side TLS settings for `host`; its certificate is made at the first call."""
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._make_context(host)
            return self._contexts[host]

    def _make_context(self, host: str) -> ssl.SSLContext:
        leaf = self._ca.issue_cert(host)
        chain = self._folder / f"{host}.pem"
        chain.write_bytes(leaf.private_key_and_cert_chain_pem.bytes() + self._ca.cert_pem.bytes())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        context.set_alpn_protocols(["http/1.1"])
        return context
