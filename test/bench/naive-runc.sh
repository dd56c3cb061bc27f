#!/bin/sh
# What guides show for bundles: runc dumps into a folder, scp copies it, runc restores from it. The files of the bundle
# are there before, so that the downtime is that of the memory alone; all defaults but --tcp-established, without
# which the client's connection would end. Run on the runner, with an agent that both hosts accept:
#   naive-runc.sh SSH_CONFIG FROM TO CONTAINER
set -eu
config=$1 from=$2 to=$3 name=$4
images=/var/tmp/$name.img

bundle=$(ssh -F "$config" "$from" "runc state $name" | sed -n 's/.*"bundle": "\(.*\)".*/\1/p')
# cm calls a bundle by a link of its own.
bundle=$(ssh -F "$config" "$from" "readlink -f $bundle")
ssh -F "$config" -A "$from" "tar -C $bundle -cf - . | ssh root@$to 'mkdir -p $bundle && tar -C $bundle -xf -'"

ssh -F "$config" "$from" "runc checkpoint --tcp-established --image-path $images $name"
ssh -F "$config" -A "$from" scp -qr "$images" "root@$to:$images"
ssh -F "$config" "$to" "cd / && runc restore --detach --tcp-established --image-path $images --bundle $bundle $name </dev/null >/dev/null 2>&1"

# The client is served again; the rest is tidying up.
ssh -F "$config" "$from" "rm -r $images $bundle"
ssh -F "$config" "$to" "rm -r $images"
