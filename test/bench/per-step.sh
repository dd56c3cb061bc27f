#!/bin/bash
# Commands on a host, one after the other, over a connection that is open: per-step.sh SSH_CONFIG HOST COUNT
set -euo pipefail
config=$1 host=$2 count=$3
mux=$(mktemp -d)
trap 'ssh -F "$config" -S "$mux/m" -O exit "$host" 2>/dev/null; rm -rf "$mux"' EXIT
ssh -F "$config" -fNM -S "$mux/m" "$host"
ssh -F "$config" -S "$mux/m" "$host" true
began=$(date +%s%N)
for ((i = 0; i < count; i++)); do ssh -F "$config" -S "$mux/m" "$host" true; done
echo $(( ($(date +%s%N) - began) / 1000 ))
