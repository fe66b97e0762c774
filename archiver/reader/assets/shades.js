/* archiver's reader: the author's colours in the dark. They were chosen for white paper: here each keeps its hue and
   becomes as light as it takes to be read, at least 4.5 : 1 (WCAG 2.2, 1.4.3), on the ground that it really has. Greys
   become the page's ink. Without this script the style sheet gives all text one ink. */
"use strict";

const ENOUGH = 4.5;
const pen = document.createElement("canvas").getContext("2d");

/* [red, green, blue, alpha] of any CSS colour, the first three from 0 to 255; null: it is none. */
function colourOf(text) {
  if (!text || !pen || !CSS.supports("color", text)) return null;
  pen.fillStyle = "#000";
  pen.fillStyle = text;
  const found = pen.fillStyle;
  if (found.startsWith("#")) return [1, 3, 5].map((at) => parseInt(found.slice(at, at + 2), 16)).concat(1);
  const numbers = found.match(/[\d.]+/g).map(Number);
  return numbers.length < 4 ? null : numbers;
}

function luminance(colour) {
  const [red, green, blue] = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/* The colour, lighter towards white by as little as it takes. */
function lifted(colour, ground) {
  for (let part = 0; part <= 1; part += 0.02) {
    const mixed = colour.slice(0, 3).map((value) => Math.round(value + (255 - value) * part));
    if (contrast(mixed, ground) >= ENOUGH) return mixed;
  }
  return [255, 255, 255];
}

function groundOf(node, known) {
  if (!node || node === document.documentElement) return colourOf(getComputedStyle(document.body).backgroundColor);
  if (!known.has(node)) {
    const own = colourOf(getComputedStyle(node).backgroundColor);
    known.set(node, own && own[3] >= 0.5 ? own : groundOf(node.parentElement, known));
  }
  return known.get(node);
}

/* What the author gave a colour -> that: by a class of the page's own sheet, an attribute, or a style as pages had them
   at first. */
function coloured(root) {
  const found = new Map();
  for (const node of root.querySelectorAll("font[color]")) found.set(node, node.getAttribute("color"));
  for (const rule of document.querySelector("style[data-body]")?.sheet?.cssRules ?? []) {
    const colour = rule.style?.color;
    if (colour) root.querySelectorAll(rule.selectorText).forEach((node) => found.set(node, colour));
  }
  for (const node of root.querySelectorAll("[style*=color]")) if (node.style.color) found.set(node, node.style.color);
  return found;
}

function shade() {
  const root = document.querySelector("article.body");
  if (!root) return;
  const all = coloured(root);
  if (!archiver.isDark()) {
    for (const node of all.keys()) node.style.removeProperty("--shade");
    return;
  }
  const known = new Map();
  for (const [node, written] of all) {
    if (node.closest("svg")) continue;
    const colour = colourOf(written);
    if (!colour) continue;
    const isGrey = Math.max(...colour.slice(0, 3)) - Math.min(...colour.slice(0, 3)) < 40;
    node.style.setProperty("--shade", isGrey ? "var(--ink)" : `rgb(${lifted(colour, groundOf(node, known)).join(" ")})`);
  }
}

shade();
archiver.changed(shade);
