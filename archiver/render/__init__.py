"""Article -> safe HTML page, Markdown, JSON. Pure: values in, text out."""
