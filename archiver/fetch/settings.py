"""How to reach the network: proxy, certificates, user agent. One answer for both requests and Chromium."""

from __future__ import annotations

import base64
import functools
import hashlib
import logging
import os
import re
import urllib.request
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import certifi

from archiver.config import Config
from archiver.errors import ConfigError

log = logging.getLogger(__name__)

MAX_PAGE_BYTES = 32_000_000  # the largest real page seen has 3.9 MB
MAX_REDIRECTS = 5

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")
# What a desktop Chrome sends. Chrome freezes all but the major version, so a recent one stays plausible for long.
USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
)


Cookie = Mapping[str, Any]  # as Playwright has it: name, value, domain, path, expires, …


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """`proxies` maps a URL scheme to a proxy URL; `no_proxy` holds hosts reached directly; timeouts are seconds; `now`
    dates the captures (aware UTC)."""

    proxies: Mapping[str, str]
    no_proxy: str
    ca_bundle: Path | None
    user_agent: str
    timeout: float
    spki_hashes: tuple[str, ...] = ()
    cookies: tuple[Cookie, ...] = ()  # those that a person got by solving a verification
    now: Callable[[], datetime] = _utc_now
    is_answer: Callable[[str], bool] = lambda _url: False  # whether a redirect there says all: it is not followed

    @property
    def verify(self) -> str | bool:
        """As requests wants it."""
        return str(self.ca_bundle) if self.ca_bundle else True

    def browser_proxy(self) -> dict[str, str] | None:
        """As Playwright wants it, or None for a direct connection."""
        proxy = self.proxies.get("https") or self.proxies.get("http")
        if not proxy:
            return None
        parts = urlsplit(proxy)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        server = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
        answer = {"server": server}
        if self.no_proxy:
            answer["bypass"] = self.no_proxy
        if parts.username:
            answer |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
        return answer


def spki_hashes(bundle: Path) -> tuple[str, ...]:
    """Base64 SHA-256 of the public keys that Chromium shall accept because the user's bundle names them.

    Chromium has its own root store and takes no PEM file. Certificates that everyone trusts anyway (certifi's) are left
    out: naming a public authority here would let anybody who sends its certificate along pass for any host.
    Raises ConfigError for a bundle that cannot be read.
    """
    return tuple(dict.fromkeys(key for key in _hashes(bundle) if key not in _public_hashes()))


@functools.cache
def _public_hashes() -> frozenset[str]:
    return frozenset(_hashes(Path(certifi.where())))


def _hashes(bundle: Path) -> Iterator[str]:
    # Here, so that only who has a bundle of their own waits for it.
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        # requests also takes a folder of certificates.
        files = sorted(path for path in bundle.iterdir() if path.is_file()) if bundle.is_dir() else [bundle]
        text = "".join(file.read_text("latin-1") for file in files)
    except OSError as error:
        raise ConfigError(f"cannot read the CA bundle {bundle}: {error.strerror}") from error
    blocks = _PEM.findall(text)
    if not blocks:
        raise ConfigError(f"the CA bundle {bundle} holds no certificate in PEM form")
    for block in blocks:
        try:
            with warnings.catch_warnings():
                # System bundles hold old roots with odd serial numbers, about which cryptography warns.
                warnings.simplefilter("ignore")
                key = x509.load_pem_x509_certificate(block.encode("latin-1")).public_key()
        except ValueError as error:
            log.info("%s: a certificate cannot be read and is passed over: %s", bundle, error)
            continue
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        yield base64.b64encode(hashlib.sha256(der).digest()).decode()


def network_settings(config: Config) -> NetworkSettings:
    """Settings of the configuration; where it says nothing, those of the environment (or, on macOS and Windows, of the
    system). Raises ConfigError for a proxy or bundle that cannot be meant."""
    if config.network.proxy:
        proxy = _proxy_url(config.network.proxy, "network.proxy")
        proxies, no_proxy = {"http": proxy, "https": proxy}, ""
    else:
        proxies = urllib.request.getproxies()
        no_proxy = proxies.pop("no", "")
        if "all" in proxies:
            proxies = {"http": proxies["all"], "https": proxies["all"], **proxies}
        wanted = {scheme: value for scheme, value in proxies.items() if scheme in ("http", "https")}
        proxies = {scheme: _proxy_url(value, f"{scheme.upper()}_PROXY") for scheme, value in wanted.items()}
    bundle = config.ca_bundle or _environment_bundle()
    return NetworkSettings(
        proxies=proxies,
        no_proxy=no_proxy,
        ca_bundle=bundle,
        user_agent=config.network.user_agent or USER_AGENT,
        timeout=config.fetch.timeout,
        spki_hashes=spki_hashes(bundle) if bundle else (),
    )


def _proxy_url(value: str, source: str) -> str:
    """A proxy as a whole URL; `127.0.0.1:7890` means HTTP, as everywhere. Raises ConfigError, naming the `source`."""
    url = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # such as a port that is no port
        usable = False
    if not usable:
        raise ConfigError(f'{source} must be a URL such as "http://127.0.0.1:7890", not {value!r}')
    return url


def _environment_bundle() -> Path | None:
    value = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    return Path(value) if value else None
