#!/bin/sh
# remark-stringify 11.0.0 (npm, with mdast-util-to-markdown 2.2.5; rehype-remark 10.0.1 turns HTML into Markdown with it): a
# line break at the end of bold type becomes a backslash in the text, and letters beside bold type become numbers.
#
# It escapes what stands at the borders of emphasis, so that the emphasis holds. But the break, a backslash and a line feed,
# is by then Markdown and not text any more: the backslash gets another one, and the line feed a number.
# Valid input: HTML as WeChat's editor makes it. Seen, with what the Markdown is when it is shown (micromark 4.0.3):
#   <strong>甲<br></strong>乙      **甲\\&#xA;**&#x4E59;     bold "甲\", no line break
#   <em>甲<br></em>                *甲\\&#xA;*               the same, also at the end of a paragraph
#   <strong>甲</strong><br>乙      **甲**\ LF 乙             right
#   <strong>注意：</strong>内容    **注意：**&#x5185;容      shown right; but who looks for 内容 in the notes finds nothing
#   甲<strong> 乙</strong>         &#x7532;**&#x20;乙**      the same
# So take breaks out of the ends of bold type before, and do not look for words in such Markdown as it is written.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit rehype-parse@9.0.1 rehype-remark@10.0.1 remark-stringify@11.0.0 unified@11.0.5 \
  mdast-util-to-markdown@2.2.5 micromark@4.0.3 >/dev/null
cat > write.mjs <<'WRITE'
import { micromark } from "micromark";
import rehypeParse from "rehype-parse";
import rehypeRemark from "rehype-remark";
import remarkStringify from "remark-stringify";
import { unified } from "unified";

const program = unified().use(rehypeParse, { fragment: true }).use(rehypeRemark).use(remarkStringify);
const PAGES = [
  "<p><strong>甲<br></strong>乙</p>",
  "<p><em>甲<br></em></p>",
  "<p><strong>甲</strong><br>乙</p>",
  "<p><strong>注意：</strong>内容</p>",
  "<p>甲<strong> 乙</strong></p>",
];
for (const page of PAGES) {
  const written = String(program.processSync(page));
  console.log(`${page} ${JSON.stringify(written)} ${JSON.stringify(micromark(written))}`);
}
WRITE
node write.mjs | tee seen
cat > wanted <<'WANTED'
<p><strong>甲<br></strong>乙</p> "**甲\\\\&#xA;**&#x4E59;\n" "<p><strong>甲\\\n</strong>乙</p>\n"
<p><em>甲<br></em></p> "*甲\\\\&#xA;*\n" "<p><em>甲\\\n</em></p>\n"
<p><strong>甲</strong><br>乙</p> "**甲**\\\n乙\n" "<p><strong>甲</strong><br />\n乙</p>\n"
<p><strong>注意：</strong>内容</p> "**注意：**&#x5185;容\n" "<p><strong>注意：</strong>内容</p>\n"
<p>甲<strong> 乙</strong></p> "&#x7532;**&#x20;乙**\n" "<p>甲<strong> 乙</strong></p>\n"
WANTED
diff wanted seen
