/** Run in lab hosts by their first process' side; nothing of it is `cm`'s. */

/**
 * What is filled must be small, and the disk that is filled must be the one where records stand, too. CRIU is kept under
 * another name, since something else may stand in its place.
 */
export const dressScript = `
mount -o remount,size=300m /run
mkdir -p /var/lib/containers/cm-records /var/lib/cm
mountpoint -q /var/lib/cm || mount --bind /var/lib/containers/cm-records /var/lib/cm
[ -e /usr/sbin/criu.real ] || cp /usr/sbin/criu /usr/sbin/criu.real`;

/** Once more is as good as once. */
export const mendScript = `
nft delete table inet chaos 2>/dev/null || :
rm -f /var/lib/containers/chaos-fill /run/chaos-fill
if [ -e /run/chaos-criu ]; then kill -KILL "$(cat /run/chaos-criu)" 2>/dev/null || :; fi
rm -f /run/chaos-criu /run/chaos-starts
cmp -s /usr/sbin/criu /usr/sbin/criu.real || { cp /usr/sbin/criu.real /usr/sbin/criu.new; mv /usr/sbin/criu.new /usr/sbin/criu; }`;

/** \`$1\` file. Not one byte is left. */
export const fillScript = 'cat /dev/zero >"$1" 2>/dev/null || :';

/** As if sshd had been killed with all its sessions: what they had started is not. */
export const sshdScript = `
nft -f - <<'RULES'
table inet chaos {
  chain in { type filter hook input priority 0; tcp dport 22 reject with tcp reset; }
}
RULES
pkill -KILL -x 'sshd-session|sshd-auth' || :`;

export const sshdBackScript = 'nft delete table inet chaos 2>/dev/null || :';

/**
 * Stands in CRIU's place. runc talks to it over a socket and starts it more than once for one dump (it asks for its version
 * first), so what runc is doing tells what is wanted. \`$1\` is \`checkpoint\` or \`restore\`, \`$2\` what to do then,
 * \`$3\` at which of its starts, \`$4\` seconds.
 */
export const criuScript = `
cat >/usr/sbin/criu.new <<WRAPPER
#!/bin/sh
case "\\$1 \\$(tr '\\\\0' ' ' <"/proc/\\$PPID/cmdline")" in
  swrk*" $1 "*)
    echo >>/run/chaos-starts
    [ "\\$(wc -l </run/chaos-starts)" -ge $3 ] || exec /usr/sbin/criu.real "\\$@"
    echo \\$\\$ >/run/chaos-criu
    case $2 in
      fails) exit 1 ;;
      hangs) exec sleep 3600 ;;
      dies) (sleep $4; kill -KILL \\$\\$) </dev/null >/dev/null 2>&1 3>&- & exec /usr/sbin/criu.real "\\$@" ;;
    esac ;;
esac
exec /usr/sbin/criu.real "\\$@"
WRAPPER
rm -f /run/chaos-starts /run/chaos-criu
chmod 755 /usr/sbin/criu.new
mv /usr/sbin/criu.new /usr/sbin/criu`;

/** Preloaded into the runner: SIGUSR2 makes the time of day jump. What counts monotonic time is not moved. */
export const clockScript = `
let jump = 0;
const Real = Date;
globalThis.Date = class Date extends Real {
  constructor(...words) {
    if (words.length === 0) super(Real.now() + jump);
    else super(...words);
  }
  static now() {
    return Real.now() + jump;
  }
};
process.on('SIGUSR2', () => {
  jump += Number(process.env.JUMP_MS);
});
`;

/**
 * Two processes: a redis whose every change is in its log before it is acknowledged, and a shell that counts in memory and writes
 * each number to the volume. So a volume that is of another moment than the memory has a gap or a repeat. The
 * lines are as long as a power of two, so that a full disk cuts none.
 */
export const workload = `
trap 'kill "$redis"; wait "$redis"; exit 0' TERM
redis-server --protected-mode no --save '' --appendonly yes --appendfsync no --auto-aof-rewrite-percentage 0 --dir /data &
redis=$!
i=$(tail -n 1 /data/lines 2>/dev/null) || :
i=\${i:-1000000}
while :; do
  next=$((i + 1))
  if echo "$next" >>/data/lines; then i=$next; fi 2>/dev/null
  sleep 0.05
done`;

/** How many lines there are, or which one is wrong; how often redis has counted by its log; bytes that are no whole line. */
export const volumeScript = `
at=$(podman volume inspect --format '{{.Mountpoint}}' data)
awk '$1 != 1000000 + NR { print "line", NR, "is", $0; bad = 1; exit } END { if (!bad) print "lines", NR }' "$at/lines"
echo "counted $(cat "$at"/appendonlydir/*.aof | grep -a -c '^INCR' || :)"`;
