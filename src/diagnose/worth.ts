import type {Piece} from './log-lines.js';

/** CRIU's own lines: `(00.123456)     12: Error (criu/files.c:1): …`, or `pie: 1: …` of its restorer. */
const criuLine = /\(\d{2,6}\.\d{6}\)|\bpie: \d{1,9}: /u;

/** Of these only the ones that complain are looked at: the others name files, sockets and errors that are none. */
const complaint = /\b(?:Error|Warn) {1,2}\(|\bBUG\b|`- returned 0$/u;

/** What successful runs print as well (seen with CRIU 4.2.1, podman 5.4.2, runc 1.1.15, Incus 6.0.4). */
const harmless =
  /RLIMIT_NOFILE|with interrupted system call|Set CLONE_PARENT \| CLONE_NEWPID|Inspecting network namespace|Could not enable "\+hugetlb"|Can't keep kdat cache|Can't load \/run\/criu|cgroupd: recv req error|Could not locate device|The early log isn't empty/u;

/** Words of lines that say that something went wrong, for when nothing is recognised. */
const error =
  /\b(?:error|err|erro|fatal|fail(?:s|ed|ure|ing)?|panic|cannot|can't|could not|unable|denied|refused|killed|bug|invalid|not permitted|no such)\b/iu;

/** Decides line by line whether a log is worth a closer look there. */
export class Worth {
  #line = 0;
  #whole = true;

  /** The beginning of a line decides for all of it. */
  isLooked({line, text, first}: Piece): boolean {
    if (first || line !== this.#line) {
      this.#line = line;
      this.#whole = !criuLine.test(text) || complaint.test(text);
      if (harmless.test(text)) this.#whole = false;
    }
    return this.#whole;
  }
}

export const looksLikeError = (text: string): boolean => error.test(text);
