#!/bin/sh
# Dask's distributed 2026.8.0 (PyPI): Client.scheduler_info() of a synchronous client says now and then that a cluster has
# no workers, while all of them are there and work.
#
# Valid input: a cluster on this machine with two workers, and the method as its documentation has it: "n_workers: the
# number of workers for which to fetch information. Defaults to -1, which fetches all".
# Seen: of many calls most list both workers, some list none, without an error. The client also refreshes its totals by
# itself (distributed.client.scheduler-info-interval, 2 s), with n_workers=0, and puts the answer in the place from which
# scheduler_info() takes its own a moment later. The shorter interval below only makes it likely within seconds; with the
# usual one a program that looks before every task whether its worker is still there took a living one for dead within a
# minute. The same question put to the scheduler itself, client.sync(client.scheduler.identity, n_workers=-1), is always
# answered with both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check distributed==2026.8.0 dask==2026.8.0
cat > look.py <<'PYTHON'
import dask
from distributed import Client, LocalCluster

MOST = 20_000  # calls; the first that lists none comes within some hundreds

dask.config.set({"distributed.client.scheduler-info-interval": "5ms"})
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            client.wait_for_workers(2)
            listed = set()
            for _ in range(MOST):
                listed.add(len(client.scheduler_info()["workers"]))
                if listed == {0, 2}:
                    break
            print("scheduler_info lists", sorted(listed), "workers")
            asked = {len(client.sync(client.scheduler.identity, n_workers=-1)["workers"]) for _ in range(1000)}
            print("the scheduler lists", sorted(asked), "workers")
PYTHON
venv/bin/python look.py 2>/dev/null | tee seen
cat > wanted <<'WANTED'
scheduler_info lists [0, 2] workers
the scheduler lists [2] workers
WANTED
diff wanted seen
