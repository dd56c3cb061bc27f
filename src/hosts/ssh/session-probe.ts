import type {Problem} from '../../base/problem.js';
import {script} from '../../base/command.js';
import {notReached} from '../host-problems.js';
import type {Running, Transport} from '../transport.js';

/** How long the next session may take after the one before it: a connection is made for it where one opens no more. */
const PATIENCE_MS = 10_000;

/** A host with a slow login shell takes long for each. */
const TIMES_THE_LONGEST = 4;

/** The program ends as soon as its input does. */
const hold = script('hold a session', 'exec cat >/dev/null');

const tooFew = (host: string, opened: number, wanted: number): Problem =>
  notReached(
    host,
    'too-few-sessions',
    `host "${host}" opens ${opened} of the ${wanted} ssh sessions at a time that moves need there`,
    'raise MaxSessions in its sshd_config (1 is enough where it takes several connections), and whatever limits connections from one address: MaxConnectionsPerSource= of ssh.socket, or a firewall',
  );

/** Aborts when nothing has happened for a while; `happened` is told each time. */
function impatience(signal?: AbortSignal) {
  const late = new AbortController();
  let since = performance.now();
  let longest = 0;
  const start = (): NodeJS.Timeout =>
    setTimeout(
      () => {
        late.abort();
      },
      Math.max(PATIENCE_MS, longest * TIMES_THE_LONGEST),
    );
  let timer = start();
  const happened = (): void => {
    longest = Math.max(longest, performance.now() - since);
    since = performance.now();
    clearTimeout(timer);
    timer = start();
  };
  const end = (): void => {
    clearTimeout(timer);
  };
  return {signal: AbortSignal.any([late.signal, ...(signal ? [signal] : [])]), happened, end};
}

/**
 * Whether a host opens so many sessions at once, by opening them. No setting tells: not every server is OpenSSH, and not
 * every user may read its settings.
 */
export async function probeSessions(
  transport: Pick<Transport, 'host' | 'start'>,
  wanted: number,
  signal?: AbortSignal,
): Promise<Problem | undefined> {
  const patience = impatience(signal);
  const asked = Array.from({length: wanted}, async () => {
    const started = await transport.start(hold, {signal: patience.signal});
    if (started.ok) patience.happened();
    return started;
  });
  const held = await Promise.all(asked);
  patience.end();
  const open = held.flatMap((each): Running[] => (each.ok ? [each.value] : []));
  for (const {stdin, stdout} of open) {
    stdin.end();
    stdout.resume();
  }
  await Promise.all(open.map(({ended}) => ended));
  if (open.length === wanted) return undefined;
  const [failed] = held.flatMap((each) => (each.ok ? [] : [each.error]));
  return open.length === 0 || signal?.aborted === true
    ? failed
    : tooFew(transport.host, open.length, wanted);
}
