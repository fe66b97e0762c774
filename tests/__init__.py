"""The tests. `make test` runs the quick ones, `make test-slow` the long proofs.

What they share is not in test modules, which import nothing of each other (test_tests.py):

* `world.py`: a user's folder, with the replica of WeChat (`replica/`) as its web; `builders.py`: what that web serves
* `forkserver.py`, `processes.py`: commands in processes of their own, while the test waits or goes on
* `conditions.py`, `clocks.py`: waiting for what happens, and clocks that only waiting moves
* `fixity/damage.py`, `runs/support.py`, `reader/library.py` and the like: what a folder's tests share

No test depends on the speed of the machine: a test waits for a condition and has no limit of its own; what never comes
meets the one timeout (pyproject.toml). Where something must be going on, the replica holds an answer (the fault `held`)
until the test releases it. Where a server must be slow, it is so by a clock of the test's own (`DripTime`).

What keeps the quick tests quick: commands are forked from a process that has all imports and a first small night behind
it (`rehearsal.py`), what one process has compiled no other compiles again (`bytecode.py`), the folders are in memory
(conftest.py), certificates are made once in a process, archives that take long to make are made once in a module and
copied for each test, and fresh browsers share what drives them (`fetch/support.py`). Of the large matrices a sample is
quick, in which each kind and each mutation has its turn.
"""

import os
import sys
from pathlib import Path

# Where `PYTHONDONTWRITEBYTECODE` is set, as in most images of containers, every worker and every program that a test
# starts would compile the project, and rewrite the assertions of all tests, anew. This is imported before all else.
if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "bytecode")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
