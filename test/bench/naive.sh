#!/bin/sh
# What guides show: export a checkpoint to a file, copy the file, import it. All defaults but --tcp-established,
# without which the client's connection would end. Run on the runner, with an agent that both hosts accept:
#   naive.sh SSH_CONFIG FROM TO CONTAINER
set -eu
config=$1 from=$2 to=$3 name=$4
file=/var/tmp/$name.tar

ssh -F "$config" "$from" podman container checkpoint --tcp-established -e "$file" "$name"
ssh -F "$config" -A "$from" scp -q "$file" "root@$to:$file"
ssh -F "$config" "$to" podman container restore --tcp-established --import "$file"

# The client is served again; the rest is tidying up.
ssh -F "$config" "$from" "podman rm $name && rm $file"
ssh -F "$config" "$to" rm "$file"
