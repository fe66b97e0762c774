"""How to reach the network: routes, certificates, identity. One answer for both requests and Chromium."""

from __future__ import annotations

import base64
import functools
import hashlib
import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import certifi

from archiver.config import Config
from archiver.errors import BrowserMissingError, ConfigError
from archiver.fetch.find_browser import browser_version, find_browser
from archiver.fetch.identity import VERSION, Identity, identify
from archiver.fetch.proxy import Routes, read_routes

log = logging.getLogger(__name__)

MAX_PAGE_BYTES = 32_000_000  # the largest real page seen has 3.9 MB
MAX_REDIRECTS = 5

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")

Cookie = Mapping[str, Any]  # as Playwright has it: name, value, domain, path, expires, …


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How the network is reached. `timeout` in seconds; `user_agent` is what the user wants to be sent (empty: what the
    browser that runs says); `version` is that of the browser for which plain HTTP speaks; `now` dates the captures
    (aware UTC)."""

    timeout: float
    routes: Routes = field(default_factory=Routes)
    ca_bundle: Path | None = None
    user_agent: str = ""
    version: str = VERSION
    certificates: tuple[str, ...] = field(default=(), repr=False)  # those of `ca_bundle`, in PEM form
    cookies: tuple[Cookie, ...] = ()  # those that a person got by solving a verification
    now: Callable[[], datetime] = _utc_now
    is_answer: Callable[[str], bool] = lambda _url: False  # whether a redirect there says all: it is not followed

    @property
    def verify(self) -> str | bool:
        """As requests wants it."""
        return str(self.ca_bundle) if self.ca_bundle else True

    @property
    def spki_hashes(self) -> tuple[str, ...]:
        """As Chromium wants what the bundle names; plain HTTP does without."""
        return spki_hashes(self.certificates)

    @property
    def identity(self) -> Identity:
        """What plain HTTP says of itself."""
        return identify(self.version, self.user_agent)


@functools.cache
def spki_hashes(certificates: tuple[str, ...]) -> tuple[str, ...]:
    """Base64 SHA-256 of the public keys that Chromium shall accept because the user's bundle names them.

    Chromium has its own root store and takes no PEM file. Certificates that everyone trusts anyway (certifi's) are left
    out: naming a public authority here would let anybody who sends its certificate along pass for any host.
    """
    return tuple(dict.fromkeys(key for key in _hashes(certificates) if key not in _public_hashes()))


@functools.cache
def _public_hashes() -> frozenset[str]:
    return frozenset(_hashes(read_bundle(Path(certifi.where()))))


def read_bundle(bundle: Path) -> tuple[str, ...]:
    """The certificates in a bundle, in PEM form. Raises ConfigError for one that cannot be read."""
    try:
        # requests also takes a folder of certificates.
        files = sorted(path for path in bundle.iterdir() if path.is_file()) if bundle.is_dir() else [bundle]
        text = "".join(file.read_text("latin-1") for file in files)
    except OSError as error:
        raise ConfigError(f"cannot read the CA bundle {bundle}: {error.strerror}") from error
    blocks = _PEM.findall(text)
    if not blocks:
        raise ConfigError(f"the CA bundle {bundle} holds no certificate in PEM form")
    return tuple(blocks)


def _hashes(certificates: tuple[str, ...]) -> Iterator[str]:
    # Here, so that only who has a bundle of their own, and a browser, waits for it.
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    for block in certificates:
        try:
            with warnings.catch_warnings():
                # System bundles hold old roots with odd serial numbers, about which cryptography warns.
                warnings.simplefilter("ignore")
                key = x509.load_pem_x509_certificate(block.encode("latin-1")).public_key()
        except ValueError as error:
            log.info("a certificate of a CA bundle cannot be read and is passed over: %s", error)
            continue
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        yield base64.b64encode(hashlib.sha256(der).digest()).decode()


def network_settings(config: Config) -> NetworkSettings:
    """Settings of the configuration; where it says nothing, those of the environment (or, on macOS and Windows, of the
    system). Raises ConfigError for a proxy or bundle that cannot be meant."""
    bundle = config.ca_bundle or _environment_bundle()
    return NetworkSettings(
        timeout=config.fetch.timeout,
        routes=read_routes(config),
        ca_bundle=bundle,
        user_agent=config.network.user_agent,
        version=_version(config),
        certificates=read_bundle(bundle) if bundle else (),
    )


def _version(config: Config) -> str:
    """That of the browser that loads the pages, so that what fetches their images says the same."""
    if config.fetch.engine == "http":
        return VERSION
    try:
        return browser_version(find_browser(config.browser_path)) or VERSION
    except BrowserMissingError:
        return VERSION


def _environment_bundle() -> Path | None:
    value = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    return Path(value) if value else None
