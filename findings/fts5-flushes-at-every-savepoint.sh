#!/bin/sh
# SQLite 3.54.1 (in APSW 3.54.1.0, PyPI): within one transaction, FTS5 keeps the words of new rows in memory, up to
# `hashsize`, and writes them as one segment of its index. A savepoint ends that: at each one, whatever table it is for,
# FTS5 writes what it has as a segment of its own, and merges the small segments again and again.
#
# Valid input: 2,000 rows of a hundred words each, in one transaction.
#   no savepoint                                  one segment is made
#   a savepoint around each row                   segments up to number 24 are made; three times as many rows are
#                                                 changed in the tables of the index
#   a savepoint around each row of another table  the same
# What is found is the same. Libraries that wrap every insert in a savepoint (so that it can stand in a transaction of
# the caller's or alone) therefore make filling an index row by row dear: about five times the CPU here. What fills one
# has to put its rows in at the end, with no savepoint between.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check apsw==3.54.1.0
cat > fill.py <<'FILL'
import random

import apsw

random.seed(1)
WORDS = [f"word{n}" for n in range(5000)]
ROWS = [" ".join(random.choices(WORDS, k=100)) for _ in range(2000)]


def filled(around):
    db = apsw.Connection("")
    db.execute("CREATE VIRTUAL TABLE texts USING fts5(text); CREATE TABLE other (n)")
    db.execute("BEGIN")
    for row in ROWS:
        if around == "other":
            db.execute("SAVEPOINT s; INSERT INTO other VALUES (1); RELEASE s")
        if around == "row":
            db.execute("SAVEPOINT s")
        db.execute("INSERT INTO texts VALUES (?)", (row,))
        if around == "row":
            db.execute("RELEASE s")
    db.execute("COMMIT")
    # A block of the index has the number of its segment in the upper bits of its id; smaller ids are the index's own.
    (last,) = db.execute("SELECT max(id >> 37) FROM texts_data WHERE id > 10").fetchone()
    (found,) = db.execute("SELECT count(*) FROM texts WHERE texts MATCH 'word7'").fetchone()
    own = len(ROWS) if around == "other" else 0
    return last, db.total_changes() - own, found


print("SQLite", apsw.sqlite_lib_version())
for around in ("nothing", "row", "other"):
    print(around, *filled(around))
FILL
venv/bin/python fill.py | tee seen
cat > wanted <<'WANTED'
SQLite 3.54.1
nothing 1 6319 39
row 24 21403 39
other 24 21403 39
WANTED
diff wanted seen
