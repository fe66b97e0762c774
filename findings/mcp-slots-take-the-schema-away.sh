#!/bin/sh
# mcp 2.3.0 (PyPI, the official SDK): a tool that returns a dataclass with slots has no output schema and no structured
# content. Nothing says so at the default log level for a server; the call succeeds, with the same text.
#
# The SDK lists dataclasses among the types that become structured output, and they do: plain, frozen, kw_only. With
# slots=True the class attribute of a field without a default is a member descriptor, which is taken for the default, which
# is no JSON. Inside another type, such as list[...] or a member of a plain dataclass, the same class works.
#
# Seen: has an output schema, structured content.
#   plain   True  {'name': 'a'}
#   slots   False None
#   listed  True  {'result': [{'name': 'a'}]}
#   nested  True  {'inner': {'name': 'a'}}
# What works: leave slots out of the class that is returned.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check mcp==2.3.0
"$folder/venv/bin/python" - <<'PROGRAM' | tee "$folder/seen"
from dataclasses import dataclass

import anyio
from mcp import Client
from mcp.server.mcpserver import MCPServer


@dataclass
class Plain:
    name: str


@dataclass(slots=True)
class Slots:
    name: str


@dataclass
class Nested:
    inner: Slots


server = MCPServer("example", log_level="WARNING")


@server.tool()
def plain() -> Plain:
    return Plain("a")


@server.tool()
def slots() -> Slots:
    return Slots("a")


@server.tool()
def listed() -> list[Slots]:
    return [Slots("a")]


@server.tool()
def nested() -> Nested:
    return Nested(Slots("a"))


async def main() -> None:
    async with Client(server) as client:
        for tool in (await client.list_tools()).tools:
            result = await client.call_tool(tool.name, {})
            assert not result.is_error
            print(tool.name, tool.output_schema is not None, result.structured_content)


anyio.run(main)
PROGRAM
printf '%s\n' "plain True {'name': 'a'}" 'slots False None' "listed True {'result': [{'name': 'a'}]}" \
  "nested True {'inner': {'name': 'a'}}" | diff - "$folder/seen"
