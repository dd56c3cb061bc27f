#!/bin/sh
# What guides show for docker: a checkpoint, a copy of its folder into that of a container made alike on the target, and
# a start from it. The container is made there before, so that the downtime is that of the memory alone. Two things are
# kinder than the guides: CRIU is told beforehand to keep connections (/etc/criu/runc.conf), and the ID in
# cgroup.img is put right, without which it could not be moved again. Run on the runner, with an agent that both
# hosts accept:
#   naive-docker.sh SSH_CONFIG FROM TO CONTAINER
set -eu
config=$1 from=$2 to=$3 name=$4
on() { # a host, a shell line
  ssh -F "$config" -A "$1" "$2"
}
set -- $(on "$from" "docker inspect --format '{{.Id}} {{.Config.Image}} {{.NetworkSettings.Networks.lan.IPAddress}} {{.NetworkSettings.Networks.lan.MacAddress}}' $name")
old=$1
new=$(on "$to" "docker create --name $name --network lan --ip $3 --mac-address $4 $2")
store=/var/lib/docker/containers

on "$from" "docker checkpoint create $name naive"
on "$from" "scp -qr $store/$old/checkpoints/naive root@$to:$store/$new/checkpoints/"
on "$to" "sed -i s/$old/$new/g $store/$new/checkpoints/naive/cgroup.img && docker start --checkpoint naive $name"

# The client is served again; the rest is tidying up.
on "$from" "docker rm $name; rm -rf /tmp/ctrd-checkpoint*"
on "$to" "rm -rf $store/$new/checkpoints/naive /tmp/ctrd-checkpoint*"
