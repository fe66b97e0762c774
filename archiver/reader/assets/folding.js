/* archiver's reader: what a text is to a search, and the place in it that a result shows. */
"use strict";

/* ---- text as search sees it: the same as archiver/folding.py ---- */

const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;

function trim(text) {
  return text.replace(SPACE, " ").replace(/^ | $/g, "");
}

const DROPPED = new RegExp("[\\u{10FE00}-\\u{10FE7F}\\0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f"
  + "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8"
  + "\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]", "gu");

function fold(text) {
  return trim(normal(text));
}

/* Of each line; folding does not reach over a line feed. */
function foldLines(lines) {
  return normal(lines.join("\n")).split("\n").map(trim);
}

function normal(text) {
  const plain = text.replace(DROPPED, "").normalize("NFKC");
  // Greek sigma's final form depends on what follows, which a query does not know; no other letter's does.
  const lower = plain.includes("\u03a3") ? Array.from(plain, (c) => c.toLowerCase()).join("") : plain.toLowerCase();
  return lower.normalize("NFKC");
}

const clusters = new Map(); // by what was folded before: a text has few letters, many times each
function foldCluster(text) {
  let part = clusters.get(text);
  if (part === undefined) clusters.set(text, part = trim(text) === "" ? " " : fold(text));
  return part;
}

/* [folded, places]: where each folded character begins in the text; no places where folding reaches over clusters. */
function foldMap(text) {
  let folded = "";
  const places = [];
  for (const match of text.matchAll(/[^\u0300-\u036f\u3099\u309a\uff9e\uff9f][\u0300-\u036f\u3099\u309a\uff9e\uff9f]*|./gsu)) {
    const part = foldCluster(match[0]);
    if (part === " " && (folded === "" || folded.endsWith(" "))) continue;
    folded += part;
    for (let n = 0; n < part.length; n++) places.push(match.index);
  }
  if (folded.endsWith(" ")) { folded = folded.slice(0, -1); places.pop(); }
  places.push(text.length);
  const whole = fold(text);
  return whole === folded ? [folded, places] : [whole, null];
}

/* Pieces [text, isHit] around the first place in the line that holds most of the folded terms; none where no line does. */
function snippet(lines, foldedLines, terms) {
  const counts = foldedLines.map((line) => terms.filter((term) => line.includes(term)).length);
  const most = Math.max(...counts);
  if (!most) return [];
  let best = lines[counts.indexOf(most)];
  let [folded, places] = foldMap(best);
  if (!places) { best = folded; places = Array.from({ length: folded.length + 1 }, (_, n) => n); }
  const spans = [];
  for (const term of terms) {
    for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
      spans.push([places[at], places[at + term.length]]);
    }
  }
  spans.sort((a, b) => a[0] - b[0]);
  const begin = spans.length ? Math.max(0, spans[0][0] - 30) : 0;
  const end = Math.min(best.length, begin + 150);
  const pieces = begin ? [["…", false]] : [];
  let at = begin;
  for (const [from, to] of spans) {
    if (from < at || from >= end) continue;
    pieces.push([best.slice(at, from), false], [best.slice(from, to), true]);
    at = to;
  }
  pieces.push([best.slice(at, Math.max(at, end)), false]);
  if (Math.max(at, end) < best.length) pieces.push(["…", false]);
  return pieces.filter(([text]) => text);
}
