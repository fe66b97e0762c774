"""The offline reader: a static site, search, and a local server. Stands on `store` and `render`."""
