"""`archiver sync` every night on GitHub Actions. actionlint and zizmor find nothing in what is made here."""

from __future__ import annotations

import shlex

from archiver.distribution import INSTALL
from archiver.errors import ExitCode
from archiver.store.layout import LAST_REPORT
from archiver.tasks.schedule import Job

# Their tags are taken from the actions' own releases. Nobody here has verified which commit stands behind them, and a
# hash that nobody has verified proves nothing.
CHECKOUT, PYTHON, CACHE = "actions/checkout@v7", "actions/setup-python@v7", "actions/cache@v6"
_BY_TAG = "zizmor: ignore[unpinned-uses] GitHub's own action; put a commit hash here if you have verified one"
_PUSHES = "zizmor: ignore[artipacked] sync pushes with it, and nothing of this job is uploaded"

_HEAD = """\
# Nightly sync of the archive: .github/workflows/archiver.yml of the repository that holds your notes.
#
# Commit {config} too: it is taken to be at the top of the repository, and a checkout has nothing else to go by.
# Where archiver comes from, the repository variable ARCHIVER_SOURCE says: see the step "Install".
#
# A warning: GitHub's own runners have data-centre addresses, to which WeChat answers with a verification page at once.
# Images, retries and repair work there; articles are better archived from home, or from a self-hosted runner (then
# change runs-on).
name: archiver
on:
  schedule:
    - cron: "{minute} 18 * * *" # 02:{minute:02} in Beijing; off the full hour, when the queues are shorter
  workflow_dispatch:
permissions: {{}}
concurrency:
  group: archiver
  cancel-in-progress: false
"""

_JOB = """\
jobs:
  sync:
    name: Archive what the notes link to
    runs-on: ubuntu-latest
    timeout-minutes: 330
    permissions:
      contents: write # to push what was archived
    env:
      GIT_AUTHOR_NAME: github-actions[bot]
      GIT_AUTHOR_EMAIL: 41898282+github-actions[bot]@users.noreply.github.com
      GIT_COMMITTER_NAME: github-actions[bot]
      GIT_COMMITTER_EMAIL: 41898282+github-actions[bot]@users.noreply.github.com
    steps:
      - name: Checkout # {pushes}
        uses: {checkout} # {by_tag}
        with:
          persist-credentials: true
      - name: Python
        uses: {python} # {by_tag}
        with:
          python-version: "3.13"
      - name: Browser of the last time
        uses: {cache} # {by_tag}
        with:
          path: ~/.cache/ms-playwright
          key: browser-${{{{ runner.os }}}}
"""

# Fails without the variable. A name would install whatever the package index has under it.
_INSTALL = f"""\
      - name: Install
        env:
          # Where archiver comes from: "git+https://" and the rest of a git address, or the path of a wheel in this
          # repository. It is not on the package index yet. Whoever owns that place can write to this repository.
          ARCHIVER_SOURCE: ${{{{ vars.ARCHIVER_SOURCE }}}}
        run: |
          missing="set the repository variable ARCHIVER_SOURCE (Settings, Secrets and variables, Actions, Variables)"
          {INSTALL.format('"${ARCHIVER_SOURCE:?$missing}"')}
      - name: Browser
        run: |
          archiver browser install
          # Ubuntu forbids ordinary users what Chromium's sandbox is made of.
          sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 || true
"""

_RUN = """\
      - name: Sync
        id: sync
        run: |
          code=0
          archiver sync --commit --push --config {config} || code=$?
          if [ -f {report} ]; then cat {report} >> "$GITHUB_STEP_SUMMARY"; fi
          # {wall:d}: stopped at a verification page; the next night goes on.
          if [ "$code" -ne 0 ] && [ "$code" -ne {wall:d} ]; then exit "$code"; fi
      - name: Verify # that GitHub shows every link and image that archiver wrote
        if: ${{{{ !cancelled() && steps.sync.outcome != 'skipped' }}}}
        run: |
          archiver verify --github --ours --config {config}
"""


def github_workflow(job: Job) -> str:
    """Text for .github/workflows/archiver.yml of the repository that holds the notes."""
    config = _word(job.config.name)
    names = {"checkout": CHECKOUT, "python": PYTHON, "cache": CACHE, "by_tag": _BY_TAG, "pushes": _PUSHES}
    report = _word(f"{job.archive}/{LAST_REPORT}")
    head = _HEAD.format(config=job.config.name, minute=job.minute)
    return head + _JOB.format(**names) + _INSTALL + _RUN.format(config=config, report=report, wall=ExitCode.WALL)


def _word(text: str) -> str:
    """A text as a word of a script in which GitHub sees no expression of its own."""
    return shlex.quote(text).replace("${{", "${{ '${{' }}")
