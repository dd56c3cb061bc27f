/**
 * Shell text that defines `criu_log FILE`: what a log of CRIU complains of, for a script whose output is
 * all that anybody will see of it. The first complaints are the cause and the last ones how it ended, so
 * seven of those and four of these are printed, each once, without time and process; with the line
 * between them that is twelve, as many as a problem of a stream keeps (hosts/host-problems.ts). Not
 * printed is what successful runs complain of too (CRIU 4.2.1).
 *
 * A restore from a memory image that is too short writes 30 MB a second until it is stopped (podman
 * 5.4.2, CRIU 4.2.1), so of a log of more than 64 MiB the first and the last 32 are looked at; what it
 * repeats is no error to CRIU and is taken along for that reason.
 *
 * Never fails; prints nothing where there is no such file.
 */
export const criuLogText = `criu_log() {
  [ -s "$1" ] || return 0
  {
    if [ "$(wc -c < "$1")" -gt 67108864 ]; then head -c 33554432 < "$1"; echo; tail -c 33554432 < "$1"; else cat < "$1"; fi
  } 2>/dev/null | LC_ALL=C awk '
    !/Error|Warn|BUG|- returned 0$/ { next }
    /RLIMIT_NOFILE|with interrupted system call|Set CLONE_PARENT|recv req error/ { next }
    {
      line = $0
      sub(/^\\([0-9.]+\\) */, "", line)
      sub(/^pie: /, "", line)
      sub(/^ *[0-9]+: /, "", line)
      line = substr(line, 1, 390)
      if (kept < 7) {
        for (i = 1; i <= kept; i++) if (first[i] == line) next
        first[++kept] = line
        next
      }
      for (i = 1; i <= 7; i++) if (first[i] == line) next
      for (i = more > 3 ? more - 3 : 1; i <= more; i++) if (last[i % 4] == line) next
      last[++more % 4] = line
    }
    END {
      for (i = 1; i <= kept; i++) print first[i]
      if (more > 4) printf "(%d more)\\n", more - 4
      for (i = more > 3 ? more - 3 : 1; i <= more; i++) print last[i % 4]
    }' || :
}`;
