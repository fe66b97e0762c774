// Notes as the languages that live in them show them: {"hexo": ["note", ...], ...} on stdin, the pages on stdout.
import { readFileSync } from "node:fs";
import { evaluate } from "@mdx-js/mdx";
import Hexo from "hexo";
import { parse as frontMatter } from "hexo-front-matter";
import { Liquid } from "liquidjs";
import MarkdownIt from "markdown-it";
import abbr from "markdown-it-abbr";
import attrs from "markdown-it-attrs";
import container from "markdown-it-container";
import deflist from "markdown-it-deflist";
import footnote from "markdown-it-footnote";
import mldoc from "mldoc";
import { createElement } from "react";
import * as runtime from "react/jsx-runtime";
import { renderToStaticMarkup } from "react-dom/server";
import remarkDirective from "remark-directive";

const hexo = new Hexo(process.cwd(), { silent: true });
await hexo.init();
const markdown = new MarkdownIt({ html: true, linkify: true });
for (const plugin of [abbr, attrs, deflist, footnote]) markdown.use(plugin);
for (const name of ["tip", "warning", "card"]) markdown.use(container, name);
const liquid = new Liquid();

// A component shows its properties and its children.
const component = (name) => ({ children, ...rest }) => createElement(name, { "data-props": JSON.stringify(rest) }, children);
const components = Object.fromEntries(["Card", "Badge", "Tabs", "Tab"].map((name) => [name, component(name)]));

const logseq = JSON.stringify({
  toc: false, parse_outline_only: false, heading_number: false, keep_line_break: true, format: "Markdown",
  heading_to_list: false, exporting_keep_properties: true, inline_type_with_pos: false, inline_skip_macro: false,
  export_md_indent_style: "dashes", export_md_remove_options: [], hiccup_in_block: true, enable_drawers: true,
});

const languages = {
  async hexo(text) {
    const { _content: content, ...data } = frontMatter(text);
    const shown = (await hexo.post.render(null, { content, engine: "markdown" })).content;
    return JSON.stringify(data) + shown;
  },
  async liquid(text) {
    return markdown.render(await liquid.parseAndRender(text));
  },
  async mdx(text) {
    const { default: Content, ...exported } = await evaluate(text, { ...runtime, remarkPlugins: [remarkDirective] });
    return JSON.stringify(exported) + renderToStaticMarkup(createElement(Content, { components }));
  },
  async markdownit(text) {
    return markdown.render(text);
  },
  async logseq(text) {
    return mldoc.Mldoc.parseJson(text, logseq);
  },
};

const pages = {};
for (const [language, notes] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
  pages[language] = [];
  for (const note of notes) {
    pages[language].push(await languages[language](note).catch((error) => `ERROR ${error.message}`));
  }
}
process.stdout.write(JSON.stringify(pages));
