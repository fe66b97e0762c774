#!/bin/sh
# Headless Chromium (seen: 156.0.8078.114, with Playwright 1.65.2, PyPI): where the script of a page goes elsewhere while
# the page is still read, the rest of it is never read, also if nothing comes of the journey: the answer is 204 (stay
# where you are), a file to keep, or the request is aborted. The page stays, says `complete`, and ends in the middle of its
# text; DOMContentLoaded has not come by then.
#
# Valid input: a page with a script between two paragraphs that sends its reader to another address in one of these ways.
#   whole       nothing, to a place in the page, or a moment later, when the page has been read
#   half        at once: location.href, location.replace, a link that is clicked, a form that is sent
# Whoever turns away what leads to other hosts, as one does who keeps pages, gets half of a page, and no error that says
# so: only its `readyState` and the time of its DOMContentLoaded (0) tell it from one that is whole.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check playwright==1.65.2
browser=""
for name in chromium-headless-shell chromium chromium-browser google-chrome; do
  test -n "$browser" || browser=$(command -v "$name" || true)
done
test -n "$browser" || venv/bin/playwright install --with-deps --only-shell chromium >/dev/null
cat > leave.py <<'LEAVE'
import sys

from playwright.sync_api import sync_playwright

PAGE = "<!DOCTYPE html><title>x</title><a href=%s></a><form action=%s></form><p>first</p><script>%s</script><p>last</p>"
WAYS = {
    "nothing": "",
    "to a place in the page": "location.href = '#place'",
    "a moment later": "addEventListener('load', () => { location.href = '%s' })",
    "location.href": "location.href = '%s'",
    "location.replace": "location.replace('%s')",
    "a link": "document.links[0].click()",
    "a form": "document.forms[0].submit()",
}
ANSWERS = {
    "/none": {"status": 204},
    "/file": {"content_type": "text/plain", "headers": {"Content-Disposition": "attachment"}, "body": "x"},
    "/away": None,
}


def seen(browser, way, answer):
    page = browser.new_page()
    script = WAYS[way].replace("%s", answer)

    def fulfil(route):
        path = route.request.url.removeprefix("http://host.example").partition("?")[0]
        if path == "/":
            route.fulfill(content_type="text/html", body=PAGE % (answer, answer, script))
        elif ANSWERS[path]:
            route.fulfill(**ANSWERS[path])
        else:
            route.abort("aborted")

    page.route("**/*", fulfil)
    page.goto("http://host.example/", wait_until="commit")
    page.wait_for_function("() => document.readyState === 'complete'")
    paragraphs, came = page.evaluate("[document.querySelectorAll('p').length, performance.timing.domContentLoadedEventEnd]")
    page.close()
    return f"{paragraphs} of 2, DOMContentLoaded {'came' if came else 'did not come'}"


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1] or None, args=["--no-sandbox"])
    print("Chromium", browser.version, file=sys.stderr)
    for way in WAYS:
        for answer in ANSWERS:
            print(f"{way} | {answer} | {seen(browser, way, answer)}")
LEAVE
venv/bin/python leave.py "$browser" | tee seen
cat > wanted <<'WANTED'
nothing | /none | 2 of 2, DOMContentLoaded came
nothing | /file | 2 of 2, DOMContentLoaded came
nothing | /away | 2 of 2, DOMContentLoaded came
to a place in the page | /none | 2 of 2, DOMContentLoaded came
to a place in the page | /file | 2 of 2, DOMContentLoaded came
to a place in the page | /away | 2 of 2, DOMContentLoaded came
a moment later | /none | 2 of 2, DOMContentLoaded came
a moment later | /file | 2 of 2, DOMContentLoaded came
a moment later | /away | 2 of 2, DOMContentLoaded came
location.href | /none | 1 of 2, DOMContentLoaded did not come
location.href | /file | 1 of 2, DOMContentLoaded did not come
location.href | /away | 1 of 2, DOMContentLoaded did not come
location.replace | /none | 1 of 2, DOMContentLoaded did not come
location.replace | /file | 1 of 2, DOMContentLoaded did not come
location.replace | /away | 1 of 2, DOMContentLoaded did not come
a link | /none | 1 of 2, DOMContentLoaded did not come
a link | /file | 1 of 2, DOMContentLoaded did not come
a link | /away | 1 of 2, DOMContentLoaded did not come
a form | /none | 1 of 2, DOMContentLoaded did not come
a form | /file | 1 of 2, DOMContentLoaded did not come
a form | /away | 1 of 2, DOMContentLoaded did not come
WANTED
diff wanted seen
