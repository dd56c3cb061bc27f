/** Run on lab hosts. */

/** No container, volume, record or file; `$1` is docker where its daemon runs. */
export const clearScript = `
for engine in podman $1; do
  "$engine" ps --all --quiet | xargs -r "$engine" rm --force --volumes >/dev/null
  "$engine" volume ls --quiet | xargs -r "$engine" volume rm --force >/dev/null
done
rm -rf /var/lib/cm /run/cm/leases/* /srv/* /etc/criu`;

/** `$1`: the engines that run here. */
export const listScript = `
for engine in $1; do
  "$engine" ps --all --format '{{.Names}} {{.State}}'
done`;

/** `$1`: the engines that run here, then containers that nobody moves. */
export const identityScript = `
engines=$1
shift
for engine in $engines; do
  "$engine" images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort
  "$engine" network ls --format '{{.Name}} {{.Driver}}' | sort
  for name; do
    "$engine" container inspect --format '{{.Id}} {{.State.Status}}' "$name"
    "$engine" container inspect --format '{{range .Mounts}}{{.Source}} {{.Destination}} {{.RW}}{{println}}{{end}}' "$name" | sort
  done
done
cat /root/.ssh/authorized_keys`;
