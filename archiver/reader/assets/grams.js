/* Which texts hold a word, as archiver/reader/grams.py and gram_files.py have written it. Of one or two characters this is
   exact; of more it may name a few texts too many, never one too few. */
"use strict";

// As in archiver/reader/grams.py and gram_files.py.
const LONGEST = 4, LEAST = 12, SHARE = 20, ONES = 16, WHOLE = 21, CHARACTERS = 20992;
const OWN = 0, AFTER = 1, NAMES = 2, KINDS = 4, STAR = "\x1c";
const APART = [[4, 8], [24, 10], [200, 12]];
const RAREST = 2; // pairs of a word that are looked up first
const ENOUGH = 8; // texts that are read rather than more files of grams

/* A sign's number among those of ASCII that may stand in a comment. */
function signNumber(code) { return code - 33 - (code > 42) - (code > 92) - (code > 96); }

/* Reads numbers out of signs: two are 13 bits, one at the end is six. */
class Bits {
  constructor(text, at) { this.text = text; this.at = at; this.chunk = 0; this.left = 0; }
  more() {
    const first = signNumber(this.text.charCodeAt(this.at));
    const second = this.at + 1 < this.text.length ? signNumber(this.text.charCodeAt(this.at + 1)) : -1;
    this.chunk = second < 0 ? first : first * 91 + second; // a tab or line feed ends it: no sign's number is as low
    this.left = second < 0 ? 6 : 13;
    this.at += 2;
  }
  bit() {
    if (!this.left) this.more();
    return (this.chunk >> --this.left) & 1;
  }
  number(width) {
    let value = 0;
    for (let bits = width; bits > 0;) {
      if (!this.left) this.more();
      const some = Math.min(bits, this.left); // as many as there are, not one after the other
      this.left -= some;
      bits -= some;
      value = (value << some) | ((this.chunk >> this.left) & ((1 << some) - 1));
    }
    return value;
  }
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

/* How common a letter is: its place among the frequent ones; those of alphabets are the first. */
function place(letter) {
  const at = /^[0-9A-Za-z]$/.test(letter) ? 0 : LETTERS.indexOf(letter);
  return at < 0 ? LETTERS.length : at;
}

/* Bits of the pieces in which is what follows a letter; 0: it is in one. */
function piece(letter) {
  return (APART.find(([most]) => place(letter) < most) || [0, 0])[1];
}

/* The beginning of a gram that tells in which file it is, and the line of what follows its first letter. */
function unit(gram) {
  const [first, second] = gram, bits = second === undefined ? 0 : piece(first);
  const start = bits ? (second.codePointAt(0) >> bits) << bits : 0;
  return start ? first + String.fromCodePoint(start) : first;
}

/* Where the fields of a line begin: "block and kind" -> behind its letter. */
function fields(text, key) {
  const found = new Map(), begin = text.indexOf(`\n${key.replaceAll("*", STAR)}\t`);
  if (begin < 0) return found;
  const end = text.indexOf("\n", begin + 1);
  for (let at = text.indexOf("\t", begin); at >= 0 && (end < 0 || at < end); at = text.indexOf("\t", at + 1)) {
    const code = text.charCodeAt(at + 1);
    found.set(code < 0xa1 ? code - 48 : code - 0xa1 + 44, at + 2);
  }
  return found;
}

/* Each gram that a field says follows its key, with the texts that hold it; first the key itself, if it has a list. */
function* following(text, at, key, kind, texts) {
  const bits = new Bits(text, at), letters = Array.from(key);
  const prefix = kind === AFTER ? letters[0] : key, start = kind === AFTER && letters.length > 1 ? letters[1].codePointAt(0) : 0;
  if (kind === OWN) yield [key, bits.holders(texts)];
  const count = bits.gamma() - 1, apart = kind === AFTER ? piece(prefix) : 0;
  const width = widthOf(apart ? 1 << apart : CHARACTERS, count || 1);
  for (let n = 0, last = start - 1; n < count; n++) {
    last += 1 + bits.rice(width);
    yield [prefix + String.fromCodePoint(last), bits.holders(texts)];
  }
}

/* What a file of a segment says, by gram: of each block the texts of bodies and of names that hold it. */
class GramText {
  constructor(segment, text) { this.blocks = segment[1]; this.text = text; this.known = new Map(); }
  fields(key) {
    if (!this.known.has(key)) this.known.set(key, fields(this.text, key));
    return this.known.get(key);
  }
  texts(block, names) { return this.blocks[block][1] * (names ? 2 : 1); }
  holders(gram, block, names) {
    const letters = Array.from(gram), own = KINDS * block + names + OWN;
    const at = this.fields(gram).get(own);
    if (at !== undefined) return new Bits(this.text, at).holders(this.texts(block, names));
    if (letters.length === 1) return this.unlisted(gram, block, names);
    const [key, kind] = letters.length > 2 ? [letters.slice(0, -1).join(""), OWN] : [unit(gram), AFTER];
    return this.under(key, kind, gram, block, names);
  }
  under(key, kind, gram, block, names) {
    const at = this.fields(key).get(KINDS * block + names + kind);
    if (at === undefined) return [];
    for (const [found, holders] of following(this.text, at, key, kind, this.texts(block, names))) if (found === gram) return holders;
    return [];
  }
  /* A letter without a list: all pairs that begin with it. */
  unlisted(letter, block, names) {
    const all = new Set(), { text } = this, texts = this.texts(block, names), code = KINDS * block + names;
    const take = (key, kind) => {
      const at = this.fields(key).get(code + kind);
      if (at === undefined) return;
      for (const [gram, holders] of following(text, at, key, kind, texts)) if (Array.from(gram).length === 2) holders.forEach((n) => all.add(n));
    };
    take(letter, AFTER);
    const begin = `\n${letter.replaceAll("*", STAR)}`;
    for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at + 1)) {
      const key = text.slice(at + 1, text.indexOf("\t", at + 1)).replaceAll(STAR, "*");
      if (Array.from(key).length === 2) take(key, OWN);
    }
    return Array.from(all).sort((a, b) => a - b);
  }
}

function before(one, other) { // not `<`, which goes by UTF-16
  const a = Array.from(one, (c) => c.codePointAt(0)), b = Array.from(other, (c) => c.codePointAt(0));
  const n = a.findIndex((code, at) => code !== b[at]);
  return n < 0 ? a.length < b.length : b[n] !== undefined && a[n] < b[n];
}

/* Which of a segment's files has what begins with a gram, from 1 on; 0: none. */
function fileNumber(cuts, gram) {
  const start = unit(gram);
  let low = 0, high = cuts.length; // the files before `low` begin with it or before it, those from `high` on behind it
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(start, cuts[middle][0])) high = middle; else low = middle + 1;
  }
  return low;
}

async function fileOf(segment, gram) {
  const number = fileNumber(segment[2], gram);
  return new GramText(segment, number ? await load(`${segment[0]}.${number}`) : "");
}

function common(lists) {
  const sorted = lists.slice().sort((a, b) => a.length - b.length);
  return sorted.slice(1).reduce((left, list) => { const set = new Set(list); return left.filter((n) => set.has(n)); }, sorted[0]);
}

/* The texts of a block that may hold a word, ascending; `exact`: they do. `found` are the files of the pairs that are
   looked up, by the place where the pair begins. */
function inBlock(found, letters, block, names) {
  const most = Math.max(LEAST, Math.floor((found.values().next().value.texts(block, names)) / SHARE));
  const all = [];
  let grams = new Map();
  for (const [n, file] of found) grams.set(n, file.holders(letters.slice(n, n + 2).join(""), block, names));
  for (let long = 3; grams.size; long++) {
    all.push(...grams.values());
    if (long - 1 === letters.length) return { holders: grams.get(0), exact: true };
    if (long > LONGEST) break;
    // As the index has it: a longer gram is there only where both that it overlaps are frequent.
    const longer = new Map();
    for (const [n, holders] of grams) {
      if (holders.length > most && grams.has(n + 1) && grams.get(n + 1).length > most) longer.set(n, found.get(n).holders(letters.slice(n, n + long).join(""), block, names));
    }
    grams = longer;
  }
  const holders = common(all);
  return { holders, exact: !holders.length };
}

/* Of each segment, and there of each block, the bodies and the names that may hold a word. */
function look(segments, letters, places) {
  return Promise.all(segments.map(async (segment) => {
    const files = await Promise.all(places.map((n) => fileOf(segment, letters.slice(n, n + 2).join(""))));
    const found = new Map(places.map((n, at) => [n, files[at]]));
    return segment[1].map((_, block) => {
      if (letters.length > 1) return [inBlock(found, letters, block, 0), inBlock(found, letters, block, NAMES)];
      return [0, NAMES].map((names) => ({ holders: files[0].holders(letters[0], block, names), exact: true }));
    });
  }));
}

/* The same for a folded word of any length: first by its rarest pairs, then by all, unless few texts are left. */
async function holding(segments, term) {
  const letters = Array.from(term);
  const places = letters.slice(0, Math.max(1, letters.length - 1)).map((_, n) => n);
  const often = (n) => 1 / (place(letters[n]) + 10) / (place(letters[n + 1]) + 10); // about as Zipf's law has it
  const rarest = places.slice().sort((a, b) => often(a) - often(b)).slice(0, RAREST);
  const found = await look(segments, letters, rarest);
  const many = found.flat(2).reduce((sum, { holders, exact }) => sum + (exact ? 0 : holders.length), 0);
  return places.length > rarest.length && many > ENOUGH ? look(segments, letters, places) : found;
}
