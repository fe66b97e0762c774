/* archiver's reader: finds quoted text in an article again. White space does not count, so that a page that is made anew
   keeps its highlights; of several places the one counts whose surroundings are most alike. */
"use strict";

const AROUND = 32; // characters before and behind a quote that are kept with it
const LONGEST = 2000;

/* A part of a text without the half of a character at its ends. */
const part = (text, start, end) => text.slice(start, end).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");

const bare = (text) => text.replace(/\s+/gu, "");

/* The text of an element without white space, and where its characters are: [text, [[node, offset], …]]. */
function lettersOf(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const places = [], parts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const data = node.data;
    for (let at = 0; at < data.length; at++) {
      if (/\s/u.test(data[at])) continue;
      parts.push(data[at]);
      places.push([node, at]);
    }
  }
  return [parts.join(""), places];
}

function alike(one, other, fromEnd) {
  let n = 0;
  const letter = (text) => (fromEnd ? text[text.length - 1 - n] : text[n]);
  while (n < one.length && n < other.length && letter(one) === letter(other)) n += 1;
  return n;
}

/* Where a quote begins in a text; -1: nowhere. `share`: how far down it was when it was made. */
function findQuote(text, { quote, before = "", after = "", at: share = 0 }) {
  const wanted = bare(quote);
  let best = -1, most = -1;
  for (let at = wanted ? text.indexOf(wanted) : -1; at >= 0; at = text.indexOf(wanted, at + 1)) {
    const near = alike(text.slice(Math.max(0, at - AROUND), at), before, true)
      + alike(text.slice(at + wanted.length, at + wanted.length + AROUND), after, false)
      + 1 - Math.abs(at / text.length - share);
    if (near > most) { best = at; most = near; }
  }
  return best;
}

/* What is kept of a range inside `root`; null where it holds no text. */
function quoteOf(root, range) {
  const [text] = lettersOf(root);
  const ahead = document.createRange();
  ahead.setStart(root, 0);
  ahead.setEnd(range.startContainer, range.startOffset);
  const at = bare(ahead.toString()).length;
  const quote = part(range.toString().replace(/\s+/gu, " ").trim(), 0, LONGEST);
  const end = at + bare(quote).length;
  if (!quote) return null;
  return { quote, before: part(text, Math.max(0, at - AROUND), at), after: part(text, end, end + AROUND), at: at / text.length };
}

/* A range over the quote; null: it is not there any more. */
function rangeOf(root, value) {
  const [text, places] = lettersOf(root);
  const at = findQuote(text, value);
  if (at < 0) return null;
  const range = document.createRange();
  const [last, offset] = places[at + bare(value.quote).length - 1];
  range.setStart(...places[at]);
  range.setEnd(last, offset + 1);
  return range;
}

/* Wrap the text of a range in <mark>s; the first of them. */
function paint(range, key) {
  const nodes = [];
  const inside = range.commonAncestorContainer;
  const walker = document.createTreeWalker(inside.nodeType === Node.TEXT_NODE ? inside.parentNode : inside, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (range.intersectsNode(node) && !node.parentElement.closest("svg")) nodes.push(node);
  }
  const { startContainer, startOffset, endContainer, endOffset } = range;
  const made = [];
  for (let node of nodes) {
    const end = node === endContainer ? endOffset : node.length, start = node === startContainer ? startOffset : 0;
    if (!node.data.slice(start, end).trim()) continue;
    if (end < node.length) node.splitText(end);
    if (start) node = node.splitText(start);
    const mark = document.createElement("mark");
    mark.className = "highlight";
    mark.dataset.key = key;
    node.replaceWith(mark);
    mark.append(node);
    made.push(mark);
  }
  return made[0];
}

function unpaint(key) {
  document.querySelectorAll(`mark.highlight[data-key="${key}"]`).forEach((mark) => {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  });
}
