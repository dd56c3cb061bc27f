/** Run on lab hosts by tests. */

/** No container, no volume, no record; images stay, since they take long. */
export const clearScript = `
podman rm --all --force --time 0 >/dev/null
podman volume rm --all --force >/dev/null
rm -rf /var/lib/cm /run/cm/leases/* /srv/*`;

/**
 * What must not be there when \`cm\` is not: its folders in memory but for locks that nobody holds, leases,
 * one-time keys, gates, quarantines, connections and processes, mounts that belong to no container, states of containers
 * that are gone, and anything in its kept folder but records of moves.
 */
export const leftoversScript = `
for path in $(find /run/cm -mindepth 1 -not -type d 2>/dev/null; find /run/cm -mindepth 1 -type d -empty 2>/dev/null); do
  case $path in
    /run/cm/lock | /run/cm/leases | /run/cm/busy) ;;
    /run/cm/busy/*) flock -n "$path" true || echo "held: $path" ;;
    *) echo "file: $path" ;;
  esac
done
grep 'cm:' /root/.ssh/authorized_keys | sed 's/^/key: /' || :
nft list tables 2>/dev/null | grep ' cm_' | sed 's/^/gate: /' || :
awk '$1 == "cm-quarantine" {print "quarantine: " $2}' /proc/mounts
containers=$(podman ps --all --quiet --no-trunc)
known() { case " $(echo $containers) " in *" $1 "*) ;; *) return 1 ;; esac; }
for pid in $(ls /proc | grep '^[0-9]'); do
  words=$(tr '\\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) || continue
  case $words in
    *leftovers*) ;;
    *conmon*) id=\${words##* -c }; known "\${id%% *}" || echo "process: $words" ;;
    *"ssh -F"* | *rsync* | *criu* | *"podman container"* | *"podman rm"* | */run/cm/* | *"pv -q"*) echo "process: $words" ;;
  esac
done
awk '{print $5}' /proc/self/mountinfo | while read -r mount; do
  case $mount in
    /var/lib/containers/storage/overlay-containers/*) id=\${mount#*overlay-containers/}; known "\${id%%/*}" || echo "mount: $mount" ;;
    /opt/cm-lab/*) ;;
    *cm* | *criu* | */checkpoint*) echo "mount: $mount" ;;
  esac
done
for state in /run/runc/* /run/crun/*; do
  [ ! -e "$state" ] || known "\${state##*/}" || echo "state: $state"
done
for folder in /var/lib/containers/storage/overlay-containers/*/userdata/checkpoint; do
  [ ! -e "$folder" ] || echo "images: $folder"
done
find /var/lib/cm -type f -not -path '/var/lib/cm/moves/*.json' -not -path '/var/lib/cm/left/*.list' -not -path '/var/lib/cm/left/*.owner' 2>/dev/null | sed 's/^/file: /'
find /tmp /var/tmp /dev/shm -mindepth 1 -name '*cm*' 2>/dev/null | sed 's/^/file: /'
: leftovers`;

/** podman's own log of what it has done to containers and volumes. */
export const eventsScript = `
podman events --stream=false --since 24h --format '{{.Time}} {{.Type}} {{.Status}} {{.Name}}' 2>/dev/null |
  grep -v ' health_status ' || :`;
