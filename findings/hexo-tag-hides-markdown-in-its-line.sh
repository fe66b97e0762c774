#!/bin/sh
# Hexo 8.1.2 with hexo-renderer-marked 7.0.1: a tag such as {% link %} at the start of a line makes all that follows in that
# line raw HTML, so that Markdown in there is shown as it is written.
#
# While Markdown is rendered, an HTML comment stands for each tag; a line that begins with a comment is a block of HTML to
# CommonMark, up to the end of that line. Nothing in the documentation of tags tells of it. With a word before the tag, or
# with the text in the next line, the link is one.
# So a bare address behind a tag is no place for Markdown: [address](copy) would be shown with its brackets.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > package.json <<'PACKAGE'
{ "private": true, "type": "module", "hexo": { "version": "8.1.2" },
  "dependencies": { "hexo": "8.1.2", "hexo-renderer-marked": "7.0.1" } }
PACKAGE
npm install --silent --no-fund --no-audit >/dev/null
cat > show.mjs <<'PROGRAM'
import Hexo from "hexo";

const hexo = new Hexo(process.cwd(), { silent: true });
await hexo.init();
const tag = "{% img https://a.example/i.png %}";
for (const content of [`${tag} [x](https://a.example/b)`, `- ${tag} **x**`, `see ${tag} [x](https://a.example/b)`, `${tag}\n[x](https://a.example/b)`]) {
  const page = (await hexo.post.render(null, { content, engine: "markdown" })).content;
  console.log(JSON.stringify(page.replace(/<img[^>]*>/, "IMAGE")));
}
PROGRAM
node show.mjs | tee seen
cat > wanted <<'WANTED'
"IMAGE [x](https://a.example/b)"
"<ul>\n<li>IMAGE **x**</li>\n</ul>\n"
"<p>see IMAGE <a href=\"https://a.example/b\">x</a></p>\n"
"IMAGE\n<p><a href=\"https://a.example/b\">x</a></p>\n"
WANTED
diff wanted seen
