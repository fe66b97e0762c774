"""The languages that a code block may name. Of other names viewers make more than colours: GitHub draws and loads maps
and models, editors run queries and programs."""

from __future__ import annotations

from archiver.render.text import words

_CLASS = "language-"
# Names of highlighters for what people write programs, settings and protocols in. None of them is also the name of
# something that GitHub, GitLab or an editor draws or runs (mermaid, math, geojson, stl, dot, plantuml, dataviewjs ...).
HIGHLIGHTED = words(
    """
    abap actionscript ada apache apex applescript arduino armasm asm asp aspnet assembly autohotkey autoit awk
    bash basic bat batch batchfile bicep brainfuck c c# c++ cairo caml clj clojure cmake cmd cobol coffee coffeescript
    common-lisp conf console cpp crystal cs csharp cshtml css cuda cypher cython d dart delphi diff django docker
    dockerfile dos elisp elixir elm emacs-lisp erb erlang excel f# fish fortran fs fsharp gcode gdscript gherkin git
    gitignore glsl gn go golang gradle graphql groovy h h++ hack haml handlebars haskell haxe hcl hlsl hpp hs html http
    hxx idris ini ipython java javascript jinja jinja2 js json json5 jsonc jsonl jsp jsx julia kotlin kt kts less
    lisp livescript llvm lua m make makefile markdown mathematica matlab md metal mips mm move mysql nasm nginx nim nix
    objc objective-c objective-c++ objectivec objectivec++ ocaml octave opencl openqasm pascal patch perl pgsql php pl
    plaintext plist plpgsql plsql postgres postgresql powershell prisma prolog promql properties proto protobuf ps1
    pseudocode puppet purescript py python python3 qml r racket raku razor rb re reason redis regex rego rs rst ruby
    rust sas sass scala scheme scilab scss sed sh shell shell-script shellsession smali smalltalk sml sol solidity
    sparql spark sql sqlite stata svelte swift systemverilog tcl terminal terraform text thrift toml ts tsql tsx twig
    txt typescript vala vb vba vbnet vbscript verilog vhdl vim viml vimscript visual-basic vue vyper wasm wat
    webassembly wgsl x86asm xhtml xml xquery xsl xslt yaml yara yml zig zsh
    """
)


def language_of(name: str) -> str:
    """The language that a class `language-x` of a code element names; empty for other classes and other names."""
    language = name.removeprefix(_CLASS)
    return language if name.startswith(_CLASS) and language.lower() in HIGHLIGHTED else ""
