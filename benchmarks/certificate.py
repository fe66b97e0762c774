"""What Chromium is told to trust."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def spki(bundle: str) -> str:
    """The hash of the first certificate's key in a PEM file, as `--ignore-certificate-errors-spki-list` takes it."""
    pem = re.search(rb"-----BEGIN.*?END CERTIFICATE-----", Path(bundle).read_bytes(), re.DOTALL)
    assert pem, bundle
    key = x509.load_pem_x509_certificate(pem[0]).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()
