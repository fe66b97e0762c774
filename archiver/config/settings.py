"""All that can be configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields, replace
from pathlib import Path
from typing import Literal

from archiver.config.sections import (
    AlbumsConfig,
    ArchiveConfig,
    BrowserConfig,
    ClusterConfig,
    FetchConfig,
    HooksConfig,
    ImagesConfig,
    LinksConfig,
    LogConfig,
    MediaConfig,
    NetworkConfig,
    NotesConfig,
    NotifyConfig,
    OutputConfig,
    RescueConfig,
    RewriteConfig,
    VerifyConfig,
)
from archiver.errors import ConfigError
from archiver.models.values import dataclass


@dataclass(frozen=True, slots=True)
class Config:
    """All settings; `folder` is the folder of config.toml, to which its paths are relative."""

    folder: Path
    notes: NotesConfig = field(default_factory=NotesConfig)
    archive: ArchiveConfig = field(default_factory=ArchiveConfig)
    output: OutputConfig = field(default_factory=OutputConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    fetch: FetchConfig = field(default_factory=FetchConfig)
    images: ImagesConfig = field(default_factory=ImagesConfig)
    albums: AlbumsConfig = field(default_factory=AlbumsConfig)
    links: LinksConfig = field(default_factory=LinksConfig)
    media: MediaConfig = field(default_factory=MediaConfig)
    rewrite: RewriteConfig = field(default_factory=RewriteConfig)
    rescue: RescueConfig = field(default_factory=RescueConfig)
    browser: BrowserConfig = field(default_factory=BrowserConfig)
    verify: VerifyConfig = field(default_factory=VerifyConfig)
    notify: NotifyConfig = field(default_factory=NotifyConfig)
    log: LogConfig = field(default_factory=LogConfig)
    hooks: HooksConfig = field(default_factory=HooksConfig)
    cluster: ClusterConfig = field(default_factory=ClusterConfig)

    @property
    def notes_root(self) -> Path:
        return self._path(self.notes.root)

    @property
    def archive_root(self) -> Path:
        return self._path(self.archive.path)

    @property
    def rewriting(self) -> RewriteConfig:
        """[rewrite], as far as [archive] publish lets it: a note leads to nothing that is not published."""
        if self.archive.publish == "all":
            return self.rewrite
        images: Literal["replace", "keep"] = "keep" if self.archive.publish == "nothing" else self.rewrite.images
        return replace(self.rewrite, articles="keep", images=images)

    @property
    def baseline(self) -> Path | None:
        return self._given(self.verify.baseline)

    @property
    def log_file(self) -> Path | None:
        return self._given(self.log.file)

    @property
    def rescue_keys(self) -> Path | None:
        return self._given(self.rescue.keys)

    @property
    def ca_bundle(self) -> Path | None:
        return self._given(self.network.ca_bundle)

    @property
    def browser_path(self) -> Path | None:
        return self._given(self.browser.path)

    @property
    def cluster_files(self) -> tuple[Path, Path, Path] | None:
        """Authority, certificate and key for the cluster, or None where not all are given."""
        given = (self.cluster.tls_ca, self.cluster.tls_cert, self.cluster.tls_key)
        if not all(given):
            return None
        authority, certificate, key = map(self._path, given)
        return authority, certificate, key

    def print(self) -> str:
        """Tells it from every other configuration."""
        parts = (getattr(self, name) for name in SECTIONS)
        return repr([str(self.folder), *([getattr(part, key.name) for key in fields(part)] for part in parts)])

    def _given(self, value: str) -> Path | None:
        return self._path(value) if value else None

    def _path(self, value: str) -> Path:
        try:
            return (self.folder / Path(value).expanduser()).resolve()
        except RuntimeError as error:  # such as the home of a user who does not exist
            raise ConfigError(f"{value!r} is no usable path: {error}") from error


SECTIONS: Mapping[str, type] = {
    "notes": NotesConfig,
    "archive": ArchiveConfig,
    "output": OutputConfig,
    "network": NetworkConfig,
    "fetch": FetchConfig,
    "images": ImagesConfig,
    "albums": AlbumsConfig,
    "links": LinksConfig,
    "media": MediaConfig,
    "rewrite": RewriteConfig,
    "rescue": RescueConfig,
    "browser": BrowserConfig,
    "verify": VerifyConfig,
    "notify": NotifyConfig,
    "log": LogConfig,
    "hooks": HooksConfig,
    "cluster": ClusterConfig,
}
