"""The web archive of others that dead links are looked for in: how it is asked, and what it answers. Pure."""
