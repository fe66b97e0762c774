/* Which texts of a segment hold a word, as archiver/reader/grams.py has written it. Of one or two characters this is
   exact; of more it may name a few texts too many, never one too few. */
"use strict";

// As in archiver/reader/grams.py.
const LONGEST = 4, LEAST = 12, SHARE = 20, ONES = 16, WHOLE = 21, CHARACTERS = 20992;
const ENOUGH = 3; // texts in a segment that are read rather than another file of it

/* A sign's number among those of ASCII that mean nothing in a template literal. */
function signNumber(code) { return code - 33 - (code > 36) - (code > 92) - (code > 96); }

/* Reads numbers out of signs: two are 13 bits, one at the end is six. */
class Bits {
  constructor(text) { this.text = text; this.at = 0; this.chunk = 0; this.left = 0; }
  bit() {
    if (!this.left) {
      const first = signNumber(this.text.charCodeAt(this.at));
      const two = this.at + 1 < this.text.length;
      this.chunk = two ? first * 91 + signNumber(this.text.charCodeAt(this.at + 1)) : first;
      this.left = two ? 13 : 6;
      this.at += 2;
    }
    return (this.chunk >> --this.left) & 1;
  }
  number(width) { let value = 0; while (width--) value = value * 2 + this.bit(); return value; }
  rice(width) {
    let many = 0;
    while (many < ONES && this.bit()) many += 1;
    return many === ONES ? this.number(WHOLE) : (many << width) + this.number(width);
  }
  gamma() {
    let width = 0;
    while (!this.bit()) width += 1;
    return (1 << width) + this.number(width);
  }
  holders(texts) {
    const count = this.gamma(), width = widthOf(texts, count), found = [];
    for (let n = 0, last = -1; n < count; n++) found.push(last += 1 + this.rice(width));
    return found;
  }
}

function widthOf(size, count) {
  return Math.max(0, 31 - Math.clz32(Math.floor(size / count)));
}

/* A line of a text: the texts that hold its prefix, and those that hold the prefix and one of the letters. */
function* line(text, prefix, texts) {
  const begin = text.indexOf(`\n${prefix}\t`);
  if (begin < 0) return;
  const end = text.indexOf("\n", begin + 1);
  const bits = new Bits(text.slice(begin + prefix.length + 2, end < 0 ? undefined : end));
  if (prefix.length > String.fromCodePoint(prefix.codePointAt(0)).length) yield [prefix, bits.holders(texts)];
  const count = bits.gamma() - 1, width = widthOf(CHARACTERS, count || 1);
  for (let n = 0, last = -1; n < count; n++) {
    last += 1 + bits.rice(width);
    yield [prefix + String.fromCodePoint(last), bits.holders(texts)];
  }
}

function holdersOf(text, gram, texts) {
  for (const prefix of [gram, Array.from(gram).slice(0, -1).join("")]) {
    for (const [found, holders] of line(text, prefix, texts)) if (found === gram) return holders;
  }
  return [];
}

/* Numbers of the files of a segment where grams begin that are between two texts, in the order of code points. */
function filesFrom(segment, first, last) {
  const cuts = segment[4].map(([cut]) => cut);
  const found = [];
  cuts.forEach((cut, n) => {
    if (before(cut, last) && (n + 1 === cuts.length || before(first, cuts[n + 1]))) found.push(n + 1);
  });
  return found;
}

function before(one, other) { // not `<`, which goes by UTF-16
  const a = Array.from(one, (c) => c.codePointAt(0)), b = Array.from(other, (c) => c.codePointAt(0));
  const n = a.findIndex((code, at) => code !== b[at]);
  return n < 0 ? a.length < b.length : b[n] !== undefined && a[n] < b[n];
}

async function fileOf(segment, pair) {
  const last = segment[4].findLastIndex(([cut]) => !before(pair, cut));
  return last < 0 ? "" : load(`${segment[0]}.${last + 1}`);
}

/* The texts with one letter: all grams that begin with it. */
async function withLetter(segment, letter) {
  const all = new Set();
  const numbers = filesFrom(segment, letter, letter + String.fromCodePoint(0x10ffff));
  for (const text of await Promise.all(numbers.map((n) => load(`${segment[0]}.${n}`)))) {
    for (let at = text.indexOf(`\n${letter}`); at >= 0; at = text.indexOf(`\n${letter}`, at + 1)) {
      const prefix = text.slice(at + 1, text.indexOf("\t", at + 1));
      if (Array.from(prefix).length > 2) continue;
      for (const [gram, holders] of line(text, prefix, segment[2])) {
        if (Array.from(gram).length === 2) holders.forEach((n) => all.add(n));
      }
    }
  }
  return { holders: Array.from(all).sort((a, b) => a - b), exact: true };
}

function common(lists) {
  const sorted = lists.slice().sort((a, b) => a.length - b.length);
  return sorted.slice(1).reduce((left, list) => { const set = new Set(list); return left.filter((n) => set.has(n)); }, sorted[0]);
}

/* The texts of a segment that may hold a folded term, ascending; `exact`: they do. */
async function holding(segment, term) {
  const letters = Array.from(term), size = letters.length;
  if (size === 1) return withLetter(segment, term);
  const most = Math.max(LEAST, Math.floor(segment[2] / SHARE));
  const pairs = letters.slice(1).map((_, n) => letters.slice(n, n + 2).join(""));
  const look = async (n) => { const text = await fileOf(segment, pairs[n]); return [text, holdersOf(text, pairs[n], segment[2])]; };
  const half = await Promise.all(pairs.map((_, n) => (n % 2 === 0 || n === pairs.length - 1 ? look(n) : null)));
  const few = common(half.filter(Boolean).map(([, holders]) => holders));
  if (few.length <= (size === 2 ? Infinity : ENOUGH)) return { holders: few, exact: size === 2 || !few.length };
  let grams = await Promise.all(half.map((one, n) => one || look(n)));
  const all = grams.map(([, holders]) => holders);
  for (let long = 3; long <= Math.min(size, LONGEST); long++) {
    // As the index has it: a longer gram is there only where both that it overlaps are frequent.
    grams = grams.slice(1).map(([, after], n) => {
      const [text, holders] = grams[n];
      const indexed = text !== null && holders.length > most && after.length > most;
      return indexed ? [text, holdersOf(text, letters.slice(n, n + long).join(""), segment[2])] : [null, []];
    });
    all.push(...grams.filter(([text]) => text !== null).map(([, holders]) => holders));
    if (long === size && grams[0][0] !== null) return { holders: grams[0][1], exact: true };
  }
  const holders = common(all);
  return { holders, exact: !holders.length };
}
