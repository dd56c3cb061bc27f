/**
 * podman unpacks a part of the archive that it imports where temporary files go, and fails where that is full, while
 * the container is away. It is tried, since room is not all that may be missing (inodes, a read-only file system, a quota).
 * `/run` lives as long as the container's monitor does, which inherits the variable, and its room was asked before.
 */
export const temporaryFolder = `trial=
if ! { trial=$(mktemp) && head -c 1048576 /dev/zero >"$trial"; } 2>/dev/null; then export TMPDIR=/run; fi
[ -z "$trial" ] || rm -f -- "$trial"`;
