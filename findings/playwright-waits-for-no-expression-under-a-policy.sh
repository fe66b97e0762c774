#!/bin/sh
# Playwright 1.65.2 for Python (PyPI) with headless Chromium (seen: 156.0.8078.114): on a page whose
# Content-Security-Policy does not allow eval, `page.evaluate` takes an expression, whenever it is asked.
# `page.wait_for_function` takes the same expression only if it holds at the first look. If it has to wait, which is what
# it is there for, it ends in an EvalError, at whatever `polling`. A function that returns the expression waits.
#
# Valid input: a page with such a policy that becomes ready at once or after 300 ms, asked in each of these ways.
# The documents say that both forms are taken and name no difference. So a wait for an expression passes on a fast
# machine and fails on a slow one. (microsoft/playwright#7395 knew it of functions; #36986 mended those.)
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
cat > wait.py <<'WAIT'
import sys

from playwright.sync_api import Error, sync_playwright

PAGE = """<!DOCTYPE html>
<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'">
<script>const ready = () => document.title = "ready"; %s</script>"""
PAGES = {"ready at once": PAGE % "ready()", "ready later": PAGE % "setTimeout(ready, 300)"}
EXPRESSION = "document.title === 'ready'"
WAYS = {
    "evaluate, expression": lambda page: page.evaluate(EXPRESSION),
    "wait, expression": lambda page: page.wait_for_function(EXPRESSION),
    "wait, expression, every 20 ms": lambda page: page.wait_for_function(EXPRESSION, polling=20),
    "wait, function": lambda page: page.wait_for_function(f"() => {EXPRESSION}"),
    "wait, function, every 20 ms": lambda page: page.wait_for_function(f"() => {EXPRESSION}", polling=20),
}


def seen(browser, html, ask):
    page = browser.new_page()
    page.set_content(html)
    try:
        ask(page)
    except Error as error:
        return error.message.split(":")[1].strip()
    finally:
        page.close()
    return "fine"


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1] or None, args=["--no-sandbox"])
    print("Chromium", browser.version, file=sys.stderr)
    for state, html in PAGES.items():
        for way, ask in WAYS.items():
            print(f"{state} | {way} | {seen(browser, html, ask)}")
WAIT
venv/bin/python wait.py "$browser" | tee seen
cat > wanted <<'WANTED'
ready at once | evaluate, expression | fine
ready at once | wait, expression | fine
ready at once | wait, expression, every 20 ms | fine
ready at once | wait, function | fine
ready at once | wait, function, every 20 ms | fine
ready later | evaluate, expression | fine
ready later | wait, expression | EvalError
ready later | wait, expression, every 20 ms | EvalError
ready later | wait, function | fine
ready later | wait, function, every 20 ms | fine
WANTED
diff wanted seen
