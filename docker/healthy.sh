#!/bin/sh
# Whether all is well: the configuration and the archive can be read, and the last nightly sync, if there was one, is of
# the last two days and ended as nights do. 0, 1: the next one tries again what failed; 3: a verification page; 4: another
# run was at work.
set -eu
last=${ARCHIVER_LAST:-/tmp/archiver-last}
if [ -e "$last" ]; then
    code=$(cat "$last")
    case $code in
        0 | 1 | 3 | 4) ;;
        *) echo "the last sync ended with exit code $code"; exit 1 ;;
    esac
    if [ -n "$(find "$last" -mmin +2880)" ]; then echo "no sync has ended for two days"; exit 1; fi
fi
archiver status > /dev/null
