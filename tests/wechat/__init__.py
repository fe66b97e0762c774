"""Tests of the wechat room: URLs, page data, bodies, states."""
