#!/bin/sh
# What is there on each host, all hosts at once, by a shell: look.sh SSH_CONFIG MUX_FOLDER HOST…
# The connections are open before (ssh -fNM -S MUX_FOLDER/HOST HOST), which cm's are not.
set -eu
config=$1 mux=$2; shift 2
for host; do ssh -F "$config" -S "$mux/$host" "$host" podman ps -a --format json >"$mux/$host.json" & done
wait
