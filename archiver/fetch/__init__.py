"""The network: browser, HTTP, pace."""
