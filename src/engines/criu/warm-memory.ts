/**
 * Memory costs most when it is touched for the first time: the kernel has to clear it, and in a virtual machine the
 * hypervisor has to find it first, also when it was given back since. Measured in one, 544 MB into a new file in memory: 1.5–1.7 s; of memory
 * that was in use a moment ago 0.17–0.25 s; over a file that is there 0.07–0.1 s. A move needs it twice on the
 * target, for the images and for what is restored from them, and once on a source that writes images.
 *
 * So before the freeze as much is touched and held, and let go just before it is needed. Where there is not plenty of
 * room nothing is held, since another move may need it; and what is not touched within a minute is not waited for.
 *
 * `warm WHAT BYTES` makes `$scratch/warm-WHAT`; `let_go WHAT` frees it beside whatever comes next.
 */
export const warmText = `warm() {
  rm -f -- "$scratch/warm-$1"
  [ "$2" -gt 0 ] || return 0
  room=$(df -B1 --output=avail -- "$scratch" | tail -n 1)
  unused=$(($(sed -n 's/^MemAvailable: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo) * 1024))
  if [ "$room" -lt $((4 * $2)) ] || [ "$unused" -lt $((4 * $2)) ]; then return 0; fi
  timeout 60 head -c "$2" /dev/zero > "$scratch/warm-$1" 2>/dev/null || [ "$?" = 124 ] || rm -f -- "$scratch/warm-$1"
}`;

export const letGoText = `let_go() { rm -f -- "$scratch/warm-$1" </dev/null >/dev/null 2>&1 & }`;
