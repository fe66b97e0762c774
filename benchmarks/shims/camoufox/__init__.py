"""In the place of Camoufox, which downloads a browser of its own: see `async_api`."""
