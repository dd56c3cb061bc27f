/** Where podman (netavark) keeps who has which address; in memory, so of this life of the host. */
const leases = '/run/containers/networks/ipam.db';

/**
 * `bring_up WORD…`: `podman WORD… -- "$name"`, which starts or restores it. A podman that could not write down that an address is
 * free again (a full `/run` while it stopped) refuses it for good: `requested ip address … is already allocated to container ID …`,
 * with the container's own ID. Where nothing at all runs, all that is written there is as old as that, and is thrown away; where
 * something does, it is for a person, since others might be given addresses that are in use.
 */
export const bringUpText = `told() { { said=$(podman "$@" 2>&1 >&3 3>&-) || code=$?; } 3>&1; }
bring_up() {
  code=0
  told "$@" -- "$name"
  if [ "$code" != 0 ]; then
    own="already allocated to container ID $(podman container inspect --format '{{.Id}}' -- "$name")"
    case $said in
      *"$own"*)
        if [ -z "$(podman ps --quiet --filter status=running --filter status=paused --filter status=initialized)" ]; then
          rm -f ${leases}
          code=0
          told "$@" -- "$name"
        fi
        ;;
    esac
  fi
  [ -z "$said" ] || printf '%s\\n' "$said" >&2
  return "$code"
}`;
