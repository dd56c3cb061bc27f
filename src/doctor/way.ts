import {script, type Command} from '../base/command.js';
import {sections} from '../engines/host/sections.js';
import type {HostName} from '../plan/plan.js';

/** Where a source would find a target, and by which key it would know it. */
export interface Way {
  readonly target: HostName;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** `ssh-ed25519` */
  readonly keyType: string;
  /** `SHA256:…`, as OpenSSH writes it. */
  readonly fingerprint: string;
}

/** What the source met there: a key, or what ssh said in place of one. */
export type Met =
  | {readonly kind: 'key'; readonly fingerprint: string}
  | {readonly kind: 'nothing'; readonly because: string};

/**
 * A real connection to each target at once, as a link would make it, up to the point where the target
 * shows its key: with no key known, ssh ends there by itself. Nothing is asked for, and nothing is
 * written down. The words: `N ADDRESS PORT USER ALGORITHMS` for each.
 */
const text = `section() { printf '\\n@@cm\\t%s\\t%s\\n%s\\n' "$1" "$2" "$3"; }
meet() {
  said=$(ssh -F /dev/null -v -T -p "$3" -l "$4" \\
    -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null \\
    -o UpdateHostKeys=no -o IdentityAgent=none -o IdentitiesOnly=yes -o PreferredAuthentications=none \\
    -o HostKeyAlgorithms="$5" -o ConnectTimeout=5 -o ConnectionAttempts=1 -- "$2" true </dev/null 2>&1) || :
  key=$(printf '%s\\n' "$said" | sed -n 's/^debug1: Server host key: [^ ]* \\(SHA256:[A-Za-z0-9+/=]*\\).*/\\1/p' | head -n 1)
  if [ -n "$key" ]; then section key "$1" "$key"
  else section nothing "$1" "$(printf '%s\\n' "$said" | tr -d '\\r' | grep -v '^debug1: ' | tail -n 1)"; fi
}
while [ $# -ge 5 ]; do
  if command -v ssh >/dev/null 2>&1; then meet "$1" "$2" "$3" "$4" "$5" &
  else section nothing "$1" 'it has no program "ssh"'; fi
  shift 5
done
wait
section end 0 ''`;

/** OpenSSH signs with an RSA key by algorithms of other names. */
const algorithmsOf = (keyType: string): string =>
  keyType === 'ssh-rsa' ? 'rsa-sha2-512,rsa-sha2-256' : keyType;

export const meet = (ways: readonly Way[]): Command => ({
  ...script(
    'connect to other hosts',
    text,
    ...ways.flatMap(({address, port, user, keyType}, index) => [
      ...[`${index}`, address, `${port}`, user, algorithmsOf(keyType)],
    ]),
  ),
  timeoutMs: 30_000,
});

/** In the order of the ways; what there is no answer about was not met. */
export function readMet(ways: readonly Way[], stdout: string): readonly Met[] {
  const cut = sections(stdout);
  const all = cut.ok ? cut.value : [];
  return ways.map((_way, index) => {
    const found = all.find(({words}) => words[0] === `${index}`);
    if (found?.name === 'key') return {kind: 'key', fingerprint: found.text};
    return {kind: 'nothing', because: found?.text ?? 'no answer'};
  });
}
