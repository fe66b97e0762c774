"""The configuration: what there is to configure, and the file that says it."""

from archiver.config.files import config_in, config_text, find_config, load_config, nearest_config, new_config
from archiver.config.sections import (
    BrowserConfig,
    FetchConfig,
    MediaConfig,
    NetworkConfig,
    NotifyConfig,
    VerifyConfig,
)
from archiver.config.settings import SECTIONS, Config

__all__ = [
    "SECTIONS",
    "BrowserConfig",
    "Config",
    "FetchConfig",
    "MediaConfig",
    "NetworkConfig",
    "NotifyConfig",
    "VerifyConfig",
    "config_in",
    "config_text",
    "find_config",
    "load_config",
    "nearest_config",
    "new_config",
]
