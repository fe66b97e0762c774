"""A local replica of WeChat: article pages, image hosts and bad days, behind a loopback proxy with a CA of its own."""

from tests.replica.faults import Fault
from tests.replica.messages import Request
from tests.replica.replica import Replica
from tests.replica.spec import ArticleSpec, ImageSpec, Template, image_id, short_token
from tests.replica.states import State, state_page

__all__ = [
    "ArticleSpec",
    "Fault",
    "ImageSpec",
    "Replica",
    "Request",
    "State",
    "Template",
    "image_id",
    "short_token",
    "state_page",
]
