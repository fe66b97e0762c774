#!/bin/sh
# Chromium's MHTML ("Save as, webpage, single file"; Page.captureSnapshot; seen: 156.0.8078.114, with Playwright 1.65.2,
# PyPI) leaves out images that the page has loaded and shows. Nothing says so, and what opens the file shows a gap.
#
# Valid input: a page with one red image, in one of the ways in which a page can have it. Is there red in it before it is
# saved, and when the file is opened?
#   kept        img, picture, a background in an attribute, in a style sheet, in @media, and within foreignObject of an SVG
#   left out    img with srcset alone, an <image> of an SVG, image-set(), an address in a custom property, one in a rule
#               that is nested in another, the poster of a video
# Articles of WeChat that move are SVGs. Who keeps such pages as MHTML has to look for what is missing, and get it while
# it is there.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check playwright==1.65.2 pillow==12.2.0
browser=""
for name in chromium-headless-shell chromium chromium-browser google-chrome; do
  test -n "$browser" || browser=$(command -v "$name" || true)
done
test -n "$browser" || venv/bin/playwright install --with-deps --only-shell chromium >/dev/null
cat > save.py <<'SAVE'
import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

SVG = '<svg width="90" height="90">%s</svg>'
BOX = "<style>p { width: 90px; height: 90px } %s</style><section><p class=b></p></section>"
PAGES = {
    "img": '<img src="/i.png">',
    "img srcset": '<img srcset="/i.png 1x">',
    "picture": '<picture><source srcset="/i.png"><img></picture>',
    "style attribute": '<p style="width: 90px; height: 90px; background: url(/i.png)">',
    "style sheet": BOX % ".b { background: url(/i.png) }",
    "style sheet @media": BOX % "@media screen { .b { background: url(/i.png) } }",
    "style sheet nested": BOX % "section { & .b { background: url(/i.png) } }",
    "style sheet property": BOX % ":root { --i: url(/i.png) } .b { background: var(--i) }",
    "style image-set()": '<p style="width: 90px; height: 90px; background: image-set(url(/i.png) 1x)">',
    "svg image": SVG % '<image href="/i.png" width="90" height="90" />',
    "svg foreignObject": SVG % '<foreignObject width="90" height="90"><img src="/i.png"></foreignObject>',
    "video poster": '<video width="90" height="90" poster="/i.png"></video>',
}
red = io.BytesIO()
Image.new("RGB", (90, 90), "red").save(red, "PNG")


def is_red(page):
    page.wait_for_load_state("networkidle")
    colours = Image.open(io.BytesIO(page.screenshot())).convert("RGB").getcolors(1 << 24)
    return (255, 0, 0) in {colour for _, colour in colours}


def seen(browser, markup):
    context = browser.new_context()
    page = context.new_page()

    def answer(route):
        if route.request.url.endswith(".png"):
            route.fulfill(content_type="image/png", body=red.getvalue())
        else:
            route.fulfill(content_type="text/html", body="<!doctype html><title>x</title>" + markup)

    page.route("http://host.example/**", answer)
    page.goto("http://host.example/page")
    before = is_red(page)
    saved = context.new_cdp_session(page).send("Page.captureSnapshot")["data"]
    context.close()
    Path("saved.mhtml").write_text(saved, newline="")
    page = browser.new_page()
    page.goto(Path("saved.mhtml").absolute().as_uri())
    after = is_red(page)
    page.close()
    return before, after


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1] or None, args=["--no-sandbox"])
    print("Chromium", browser.version, file=sys.stderr)
    for name, markup in PAGES.items():
        print(name, *seen(browser, markup), sep=", ")
SAVE
venv/bin/python save.py "$browser" | tee seen
cat > wanted <<'WANTED'
img, True, True
img srcset, True, False
picture, True, True
style attribute, True, True
style sheet, True, True
style sheet @media, True, True
style sheet nested, True, False
style sheet property, True, False
style image-set(), True, False
svg image, True, False
svg foreignObject, True, True
video poster, True, False
WANTED
diff wanted seen
