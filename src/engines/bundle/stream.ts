import type {BundleRuntime} from './runtime.js';
import {shellWord} from '../../base/shell-word.js';
import {confinedText} from '../criu/confined.js';
import {onlyImagesText} from '../criu/unpack.js';

/**
 * How memory gets from CRIU into the stream: pages never lie on the source. CRIU opens each
 * `pages-N.img` once, one after the other, and splices into it, so they are pipes, and what reads them in
 * order is the stream. Against images in memory that are sent afterwards this takes a third to a half
 * of the time on a fast link, and no memory on the source (measured with 544 MB: 1.2-1.9 s against
 * 3.3 s; at 1 Gbit/s 4.6 against 4.95 s).
 *
 * On the wire: the pages of all images, one after the other; an archive of all other files; a line
 * `BYTES pages-N.img` for each image; and a last line of 64 characters that says how long these are.
 * So the receiver has the pages of the first process, mostly all there are, in place without a copy.
 *
 * More images than pipes are files, and go with the archive.
 */
const pipes = 256;

const dumpingText = ({name}: BundleRuntime): string => `release() {
  for pipe in "$scratch/$folder"/pages-*.img; do [ ! -p "$pipe" ] || : <> "$pipe"; done
  sleep 0.01
}
dumping() {
  if [ -n "$apart" ]; then
    trap '' HUP INT TERM PIPE
    if touch -- "$apart" 2>/dev/null; then
      exec 9>>"$apart"
      flock 9
    fi
  fi
  code=0
  \${apart:+setsid -w} ${name} --log "$scratch/errors" checkpoint --tcp-established --file-locks --image-path "$scratch/$folder" --work-path "$scratch/work" "$@" "$name" </dev/null >"$scratch/said" 2>&1 &
  runtime=$!
  (while kill -0 "$runtime" 2>/dev/null; do
    kill -0 "$$" 2>/dev/null || release
    sleep 0.2
  done) </dev/null >/dev/null 2>&1 &
  wait "$runtime" || code=$?
  echo "$code" > "$scratch/code.new"
  mv "$scratch/code.new" "$scratch/code"
  while [ ! -e "$scratch/drained" ] && kill -0 "$$" 2>/dev/null; do release; done
}`;

const streamText = `drain() {
  number=0
  while [ ! -e "$scratch/code" ]; do
    number=$((number + 1))
    [ -p "$scratch/$folder/pages-$number.img" ] || break
    if ! LC_ALL=C dd if="$scratch/$folder/pages-$number.img" bs=1M 2> "$scratch/report"; then
      while [ ! -e "$scratch/code" ]; do release; done
      return
    fi
    size=$(sed -n 's/^\\([0-9]*\\) bytes.*/\\1/p' "$scratch/report")
    if [ ! -e "$scratch/code" ] || [ "$number" -le "$(ls "$scratch/$folder" | grep -c '^pagemap-')" ]; then
      echo "$size pages-$number.img" >> "$scratch/index"
    fi
  done
}
dump() {
  folder=$1
  shift
  rm -rf -- "$scratch/$folder" "$scratch/work" "$scratch/code" "$scratch/drained" "$scratch/errors"
  mkdir -p "$scratch/$folder" "$scratch/work"
  (cd "$scratch/$folder" && mkfifo $(seq -f 'pages-%.0f.img' ${pipes}))
  : > "$scratch/index"
  dumping "$@" </dev/null >/dev/null 2>&1 &
  dumper=$!
  drain
  while [ ! -e "$scratch/code" ]; do sleep 0.01; done
  : > "$scratch/drained"
  wait "$dumper"
  find "$scratch/$folder" -type p -delete
  code=$(cat "$scratch/code")
  cat "$scratch/said" >&2
  if [ "$code" != 0 ]; then
    cat "$scratch/errors" >&2 || :
    grep -E 'Error|Warn' "$scratch/work/dump.log" 2>/dev/null | tail -n 15 >&2 || :
    return "$code"
  fi
  tar -C "$scratch" -cf "$scratch/rest.tar" "$folder"
  cat "$scratch/rest.tar" "$scratch/index"
  printf '%-63s\\n' "cm $folder $(stat -c %s "$scratch/rest.tar") $(stat -c %s "$scratch/index")"
  rm -f "$scratch/rest.tar"
}
stats() { echo "$1 $(getconf PAGESIZE) $(base64 < "$scratch/work/stats-dump" | tr -d '\\n')" >&2; }`;

/**
 * `dump FOLDER WORD…`: `runc checkpoint WORD…`, or the same of another runtime, with its images in `$scratch/FOLDER`, streamed. Needs
 * `$scratch` and `$name`. A reader that is gone makes CRIU fail: it must never be left waiting for one.
 *
 * `$apart`: a file that is locked as long as it dumps, which it then does in a session of its own, until it fails or ends, also when
 * this was given up: CRIU killed in the middle leaves the container's network locked, or worse. Empty where that does not matter.
 */
export const dumpText = (of: BundleRuntime): string => `${dumpingText(of)}
${streamText}`;

/** Confined: `/to/stream` becomes images in `/to/in`; prints which folder they belong into. */
const takingText = `broken() { echo "what arrived is not whole: $1" >&2; exit 65; }
cd /to
LC_ALL=C dd of=stream bs=1M iflag=fullblock conv=notrunc 2> report || { cat report >&2; exit 74; }
truncate -s "$(sed -n 's/^\\([0-9]*\\) bytes.*/\\1/p' report)" stream
last=$(tail -c 64 stream | tr -d '\\0')
case $last in 'cm images '* | 'cm rounds/'[0-9]*' '*) ;; *) broken 'its end is missing' ;; esac
set -f
set -- $last
set +f
folder=$2 rest=$3 index=$4
case $folder in
  images) ;;
  rounds/*[!0-9]* | rounds/) broken "\\"$folder\\" is no place for it" ;;
  rounds/*) ;;
  *) broken "\\"$folder\\" is no place for it" ;;
esac
case $rest$index in *[!0-9]*) broken 'its lengths are no numbers' ;; esac
tail -c $((64 + index)) stream | head -c "$index" > index
mkdir in
tail -c $((64 + index + rest)) stream | head -c "$rest" | tar -xf - --ignore-zeros -C in || broken 'its archive is not whole, or wants to be elsewhere'
if grep -qvxE '[0-9]+ pages-[0-9]+\\.img' index; then broken 'it names what is no page image'; fi
truncate -s -$((64 + index + rest)) stream
tac index | while read -r size file; do
  if [ "$file" = pages-1.img ]; then
    mv stream "in/$folder/$file"
  else
    tail -c "$size" stream > "in/$folder/$file"
    truncate -s "-$size" stream
  fi
done
while read -r size file; do
  [ "$(stat -c %s "in/$folder/$file")" = "$size" ] || broken "the size of $file differs"
done < index
echo "$folder"`;

/**
 * The other end, into memory that was touched before if there is any. What arrived is whole when its last line is there and every length fits: CRIU does not
 * notice an image that is too short, and loops for ever on it. Needs `$scratch`; sets `$folder`.
 */
export const takeText = `${confinedText}
${onlyImagesText}
rm -rf -- "$scratch/in"
mkdir -- "$scratch/in"
[ ! -e "$scratch/warm-images" ] || mv -- "$scratch/warm-images" "$scratch/in/stream"
folder=$(confined "$scratch/in" sh -euc ${shellWord(takingText)})
case $folder in
  images) ;;
  rounds/*[!0-9]* | rounds/) odd "\\"$folder\\" is no place for it" ;;
  rounds/*) ;;
  *) odd "\\"$folder\\" is no place for it" ;;
esac
only_images "$scratch/in/in" "\${folder%%/*}"
rm -rf -- "$scratch/$folder"
mkdir -p "$scratch/\${folder%/*}"
mv -T -- "$scratch/in/in/$folder" "$scratch/$folder"
rm -rf -- "$scratch/in"`;
