/** `listed FILE`: it names images and nothing else. It comes from another host, and what it names is read. */
const listedText = `listed() { ! LC_ALL=C grep -qvxE '([0-9]+ ){1,2}(images|rounds/[0-9]+)/[A-Za-z0-9._-]+' "$1"; }`;

/** Holds the images that a list of sizes names against it. CRIU does not notice a short one, and loops for ever on it. */
export const sameSizes = `${listedText}
same_sizes() { listed "$1" && (cd "$scratch" && stat -c '%s %n' -- $(sed 's/^[0-9]* //' "$1")) 2>/dev/null | cmp -s - "$1"; }`;

/**
 * Checksums of what is sent, where they cost next to nothing: `cksum` of coreutils 9 and later does 5 to
 * 10 GB/s (its CRC uses the processor's carry-less multiplication), earlier ones half a GB/s, which would
 * be paid in the downtime. ssh sees to it that nobody alters the stream; these see to it that what lies
 * in the target's memory is what lay in the source's. Needs `$scratch`.
 */
export const sumsWanted = `rm -f "$scratch/sums-wanted"
if cksum --version 2>/dev/null | sed -n 1p | grep -Eq 'coreutils\\) (9|[1-9][0-9])[.]'; then : > "$scratch/sums-wanted"; fi`;

/** Images that a list of checksums names, held against it; where there is no list, or it would take long, sizes have to do. */
export const sameSums = `same_sums() {
  [ -s "$1" ] && [ -e "$scratch/sums-wanted" ] || return 0
  listed "$1" && (cd "$scratch" && cksum $(sed 's/^[0-9]* [0-9]* //' "$1")) 2>/dev/null | cmp -s - "$1"
}`;
