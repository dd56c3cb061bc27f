#!/bin/sh
# What somebody does by hand who knows where the time goes: connections opened beforehand, a fast cipher, no
# compression, no file on the way (podman exports into a FIFO), the target's memory in place of its disk. Run on the
# runner, with an agent that both hosts accept:
#   expert.sh SSH_CONFIG FROM TO CONTAINER
set -eu
config=$1 from=$2 to=$3 name=$4
mux=$(mktemp -d)
archive=/dev/shm/$name.tar
on() { # a host, a shell line; over the connection that is open
  ssh -F "$config" -A -S "$mux/$1" "$1" "$2"
}
close() {
  on "$from" 'ssh -S /run/expert.mux -O exit to 2>/dev/null; rm -f /run/expert.fifo' || :
  for host in "$from" "$to"; do ssh -F "$config" -S "$mux/$host" -O exit "$host" 2>/dev/null || :; done
  rm -rf "$mux"
}
trap close EXIT

fast='-c aes128-gcm@openssh.com -o Compression=no'
for host in "$from" "$to"; do ssh -F "$config" $fast -A -fNM -S "$mux/$host" "$host"; done
on "$from" "rm -f /run/expert.fifo; mkfifo /run/expert.fifo; ssh $fast -fNM -S /run/expert.mux root@$to"

# podman waits forever for a FIFO whose reader has died, hence the timeout.
on "$from" "
  ssh -S /run/expert.mux to 'cat > $archive' </run/expert.fifo &
  timeout 120 podman container checkpoint --tcp-established --compress none -e /run/expert.fifo $name
  wait \$!"
on "$to" "podman container restore --tcp-established --import $archive"

# The client is served again; the rest is tidying up.
on "$from" "podman rm $name"
on "$to" "rm $archive"
