/**
 * The Debian mirror this machine is set up with, found in the texts of its apt sources (both formats),
 * because a mirror near by or a proxy's is often the only one that can be reached.
 */
export function findMirror(sources: readonly string[]): string | undefined {
  const uris = sources.flatMap((text) => text.split('\n')).flatMap(urisOf);
  return uris.find((uri) => /^https?:\/\/.*\/debian\/?$/.test(uri));
}

function urisOf(line: string): string[] {
  const deb822 = /^URIs:\s*(.*)$/i.exec(line)?.[1];
  if (deb822 !== undefined) return deb822.trim().split(/\s+/);
  const oneLine = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line)?.[1];
  return oneLine === undefined ? [] : [oneLine];
}
