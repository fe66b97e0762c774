"""Keeps local, readable copies of the WeChat articles that Markdown notes link to."""
