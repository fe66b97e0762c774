#!/bin/sh
# Playwright 1.65.2 for Python (PyPI) with headless Chromium (seen: 156.0.8078.114): `route.abort(code)` ends a
# request with one of 14 codes, and `request.failure` names the same code again, as Chromium writes it: `timedout` comes
# back as `net::ERR_TIMED_OUT`. One does not: `blockedbyclient` comes back as `net::ERR_BLOCKED_BY_CLIENT.Inspector`.
# Chromium adds who blocked; `Fetch.failRequest` of the DevTools protocol with `BlockedByClient` gives the same.
#
# Valid input: a page with one script, which is aborted with each code in turn.
# It is the code that one takes to tell the requests that one turns away from those that are lost on the way. Whoever
# compares the name whole, as is right for the 13 others, takes each request that was turned away for a lost one.
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
cat > abort.py <<'ABORT'
import sys

from playwright.sync_api import sync_playwright

CODES = (
    "aborted accessdenied addressunreachable blockedbyclient blockedbyresponse connectionaborted connectionclosed "
    "connectionfailed connectionrefused connectionreset failed internetdisconnected namenotresolved timedout"
).split()


def failure(browser, code):
    page = browser.new_page()

    def answer(route):
        if route.request.resource_type == "script":
            route.abort(code)
        else:
            route.fulfill(content_type="text/html", body="<script src=/x.js></script>")

    page.route("**/*", answer)
    with page.expect_event("requestfailed") as failed:
        page.goto("http://host.example/")
    page.close()
    return failed.value.failure


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1] or None, args=["--no-sandbox"])
    print("Chromium", browser.version, file=sys.stderr)
    for code in CODES:
        seen = failure(browser, code)
        plain = seen.removeprefix("net::ERR_").replace("_", "").lower()
        print(code, "the same" if plain == code else seen)
ABORT
venv/bin/python abort.py "$browser" | tee seen
cat > wanted <<'WANTED'
aborted the same
accessdenied the same
addressunreachable the same
blockedbyclient net::ERR_BLOCKED_BY_CLIENT.Inspector
blockedbyresponse the same
connectionaborted the same
connectionclosed the same
connectionfailed the same
connectionrefused the same
connectionreset the same
failed the same
internetdisconnected the same
namenotresolved the same
timedout the same
WANTED
diff wanted seen
