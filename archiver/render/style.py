"""The style sheet of a page: a calm column on any screen, dark mode, print."""

from __future__ import annotations

DARK_SCREEN = "screen and (prefers-color-scheme: dark)"  # a reader may choose otherwise: see early.js

_LIGHT = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1f2329; --soft: #6b7280; --line: #e5e7eb; --tint: #f6f7f9;
  --link: #2f5f9e; --mark: #fff0a8; --warn: #a04c00; --star: #9a6700; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; background: var(--paper); }
body { margin: 0 auto; padding: 32px 20px 64px; max-width: var(--column, 717px);
  background: var(--paper); color: var(--ink); font: 17px/1.75 -apple-system, BlinkMacSystemFont, "PingFang SC",
  "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif;
  overflow-wrap: break-word; }
a { color: var(--link); text-decoration: none; }
a:hover, .body a, .losses a, footer a { text-decoration: underline; text-underline-offset: 3px; }
header { border-bottom: 1px solid var(--line); margin-bottom: 28px; padding-bottom: 18px; }
h1 { font-size: 24px; line-height: 1.4; margin: 0 0 12px; font-weight: 700; }
.meta { color: var(--soft); font-size: 15px; line-height: 1.6; margin: 0; display: flex; flex-wrap: wrap;
  gap: 2px 14px; }
.meta .account { color: var(--link); }
.losses { margin: 16px 0 0; padding: 10px 14px; background: var(--tint); border-left: 3px solid #d97706;
  border-radius: 4px; font-size: 14px; line-height: 1.6; }
.losses p { margin: 0; }
.losses ul { margin: 4px 0 0; padding-left: 1.3em; }
footer { margin-top: 40px; padding-top: 14px; border-top: 1px solid var(--line); color: var(--soft); font-size: 13px;
  overflow-wrap: anywhere; }
footer p { margin: 0; }

.top { display: flex; align-items: center; gap: 0 16px; margin: -8px 0 16px; font-size: 15px; }
.top a:first-child { margin-right: auto; }
.top a { padding: 8px 0; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.meta .partial { color: var(--warn); }
.contents { margin: 0 0 28px; padding: 10px 16px; background: var(--tint); border-radius: 8px; font-size: 15px;
  line-height: 1.6; }
.contents summary { cursor: pointer; color: var(--soft); margin: -10px -16px; padding: 10px 16px; }
.contents ol { list-style: none; margin: 16px 0 4px; padding: 0; }
.contents a { display: block; padding: 4px 0; }
.contents .level1 { padding-left: 1.2em; } .contents .level2 { padding-left: 2.4em; }
.backlinks { margin-top: 40px; padding: 14px 18px; background: var(--tint); border-radius: 8px; font-size: 15px;
  line-height: 1.6; }
.backlinks h2 { margin: 0 0 6px; font-size: 15px; font-weight: 700; }
.backlinks ul { list-style: none; margin: 0; padding: 0; overflow-wrap: anywhere; } .backlinks a { padding: 4px 0; }
.backlinks .line { color: var(--soft); font-size: 14px; margin-left: 4px; }
.stars { color: var(--star); letter-spacing: 1px; white-space: nowrap; }
.ways { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; margin-top: 28px; font-size: 15px;
  line-height: 1.5; }
.ways a { padding: 12px 14px; border: 1px solid var(--line); border-radius: 8px; color: var(--ink); }
.ways a:hover { border-color: var(--link); text-decoration: none; }
.ways .way { display: block; color: var(--soft); font-size: 13px; }
.ways .next { text-align: right; }
.body img[role="button"] { cursor: zoom-in; }
.lightbox { position: fixed; inset: 0; width: 100vw; height: 100vh; height: 100dvh; max-width: none; max-height: none;
  margin: 0; padding: 0; border: 0; background: rgb(15 16 18 / 0.96); overflow: auto; }
.lightbox img { position: absolute; inset: 0; margin: auto; max-width: 100%; max-height: 100%; background: #f3f4f6; }
.lightbox.large img { position: static; display: block; max-width: none; max-height: none; margin: 0 auto; }
.lightbox button { position: fixed; min-width: 44px; min-height: 44px; border: 0; border-radius: 22px; z-index: 1;
  font: 22px/1 sans-serif; color: #fff; background: rgb(60 62 66 / 0.8); cursor: pointer; }
.lightbox .close { top: 12px; right: 12px; } .lightbox .back { left: 12px; top: calc(50% - 22px); }
.lightbox .forth { right: 12px; top: calc(50% - 22px); }
.lightbox p { position: fixed; left: 0; right: 0; bottom: 0; margin: 0; padding: 8px 16px; text-align: center;
  font-size: 14px; color: #fff; background: rgb(15 16 18 / 0.7); }

/* Nothing of the article's own layout can reach over the header. */
.body { display: flow-root; overflow: hidden; isolation: isolate; }
.body * { max-width: 100% !important; }
/* As WeChat's own sheet has it, which takes all margins away: authors space and size by inline styles. */
.body { line-height: 1.6; letter-spacing: 0.034em; text-align: justify; zoom: var(--zoom, 1); }
.body p { margin: 0; min-height: 1em; }
.body h2, .body h3, .body h4, .body h5, .body h6 { font-size: 16px; font-weight: 400; margin: 0; }
/* Posts of text or pictures have no styles of their own. */
.post p { margin: 0 0 1em; }
.body img { height: auto; vertical-align: middle; object-fit: contain; }
/* An author's width and height together would distort or letter-box the picture on a phone. Pages of today have no
   styles but classes: there this and what else is said of styles stands with these, see classes.py. */
.body img:is([style^="width: "], [style*="; width: "]):not([style*="width: auto"]) { height: auto !important; }
.body figure { margin: 0; text-align: center; }
.body figcaption { color: var(--soft); font-size: 14px; margin-top: 6px; }
.body blockquote { margin: 1em 0; padding: 4px 0 0 10px; border-left: 3px solid #dbdbdb; color: var(--soft);
  font-size: 15px; }
.body ul, .body ol { margin: 0; padding-left: 2.2em; }
.body hr { border: 0; border-top: 1px solid var(--line); margin: 2em 0; }
.body pre { overflow-x: auto; padding: 14px 16px; margin: 1em 0; background: var(--tint); border-radius: 6px;
  font-size: 14px; line-height: 1.55; white-space: pre; tab-size: 4; overflow-wrap: normal; }
.body code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.body :not(pre) > code { background: var(--tint); padding: 1px 5px; border-radius: 4px; font-size: 0.9em; }
.body .table { overflow-x: auto; margin: 1em 0; }
.body table { border-collapse: collapse; font-size: 15px; line-height: 1.6; }
.body .table table { max-width: none !important; }
.body .table th, .body .table td { border: 1px solid var(--line); padding: 6px 10px; min-width: 4em; }
.body .layout { table-layout: fixed; width: 100%; font-size: inherit; line-height: inherit; }
.body svg { height: auto; }
.body .formula { white-space: nowrap; }
.body .formula.block { display: block; text-align: center; overflow-x: auto; margin: 1em 0; }
.body .card { margin: 1em 0; padding: 10px 14px; background: var(--tint); border: 1px solid var(--line);
  border-radius: 8px; font-size: 15px; }
/* A line of ours can be higher than the player that its box was made for. */
.body :has(.card) { height: auto !important; max-height: none !important; }
.body .card audio, .body .card video { display: block; width: 100%; margin: 0 0 8px; }
.body .card video { max-height: 80vh; background: #000; }
.body .decoration + pre { margin-top: 0; border-top-left-radius: 0; border-top-right-radius: 0; }
.body .missing { display: inline-block; padding: 8px 14px; border: 1px dashed var(--soft); border-radius: 6px;
  color: var(--soft); font-size: 14px; line-height: 1.6; text-indent: 0; white-space: normal; }
.body .missing a { margin-left: 0.6em; }

/* Lines of a few words: justified, they would have holes. */
@media (max-width: 599.98px) {
  .body { text-align: start; } .body [style*="text-align: justify"] { text-align: start !important; }
}
@media (max-width: 480px) {
  body { padding: 20px 16px 48px; } h1 { font-size: 22px; }
  /* For a thumb. */
  .top a, .contents a { padding: 10px 0; } .top { margin: -12px 0 8px; } .backlinks li { padding: 6px 0; }
}
"""

# Authors chose their colours for white paper. In the dark there is one ink and one paper, until shades.js has worked
# out how light each colour has to be.
DARK = """
:root { --paper: #17191c; --ink: #d6d8db; --soft: #9aa0a8; --line: #383c42; --tint: #22262b; --link: #8ab4e8;
  --mark: #6a5200; --warn: #f0a860; --star: #e3b341; }
.body :not(svg *, a, a *) { color: inherit !important; }
.body [style*="--shade"]:not(a, a *) { color: var(--shade) !important; }
.body a, .body a * { color: var(--link) !important; }
.body :not(img, svg, svg *, pre, code, mark, .card, .tint, .decoration, .missing, .backdrop) {
  background-color: transparent !important; }
.body :not(svg *) { border-color: var(--line) !important; text-shadow: none !important;
  box-shadow: none !important; }
.body :not([style*="url("], .image, svg *) { background-image: none !important; }
.body pre, .body code, .body .card, .body .tint, .body .decoration { background-color: var(--tint) !important; }
.body pre code { background-color: transparent !important; }
.body .backdrop { background-color: #333 !important; background-blend-mode: multiply; }
.body blockquote, .body figcaption, .body .missing { color: var(--soft) !important; }
/* Drawings and pictures with clear parts were made for white paper too. */
.body img, .body svg { background-color: #f3f4f6 !important; }
.body svg, .body svg * { color: #1f2329; }
.body .formula img, .body .formula svg { background-color: transparent !important; filter: invert(0.87); }
"""

_PRINT = """
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; }
  .body, .body pre, .body .table { overflow: visible; }
  /* On paper nothing can be scrolled. */
  .body [style*="overflow"] { height: auto !important; max-height: none !important; overflow: visible !important; }
  .body pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .body img, .body tr, .body .card { break-inside: avoid; }
  .top, .contents, .ways { display: none; }
  h1, .body h2, .body h3, .body h4 { break-after: avoid; }
  a { color: inherit; }
}
"""

STYLE = _LIGHT + _PRINT
# For a page without scripts of ours.
WHOLE = f"{STYLE}\n@media {DARK_SCREEN} {{{DARK}}}\n"
