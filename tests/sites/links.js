// The links of a Markdown file as Logseq's parser has them: [[kind, target], …].
'use strict';

const fs = require('fs');
const { Mldoc } = require('mldoc');

const config = {
  toc: false, parse_outline_only: false, heading_number: false, keep_line_break: true, format: 'Markdown',
  heading_to_list: false, exporting_keep_properties: false, inline_type_with_pos: false, inline_skip_macro: false,
  export_md_indent_style: 'spaces', export_md_remove_options: [], hiccup_in_block: true, enable_drawers: true,
};
const found = [];
const walk = (value) => {
  if (Array.isArray(value) && value[0] === 'Link') found.push(value[1].url);
  if (value && typeof value === 'object') Object.values(value).forEach(walk);
};
walk(JSON.parse(Mldoc.parseJson(fs.readFileSync(process.argv[2], 'utf8'), JSON.stringify(config))));
console.log(JSON.stringify(found.filter((url) => typeof url[1] === 'string')));
