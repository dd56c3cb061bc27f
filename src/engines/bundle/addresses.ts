/** `/proc/PID/net/fib_trie`: an address of the host itself is a leaf that is followed by `/32 host LOCAL`. */
function four(trie: string): readonly string[] {
  const found: string[] = [];
  let leaf = '';
  for (const line of trie.split('\n')) {
    leaf = /\|-- ([0-9.]+)/.exec(line)?.[1] ?? leaf;
    if (line.includes('/32 host LOCAL')) found.push(leaf);
  }
  return found.filter((address) => !address.startsWith('127.'));
}

/** `/proc/PID/net/if_inet6`: 32 digits, four numbers (the third is the scope: 0x20 is the link's own), the device. */
function six(table: string): readonly string[] {
  return table.split('\n').flatMap((line) => {
    const [digits = '', , , scope] = line.trim().split(/\s+/);
    const groups = /^[0-9a-f]{32}$/.test(digits) ? digits.match(/.{4}/g) : null;
    return groups && scope === '00' ? [groups.join(':')] : [];
  });
}

/** The addresses of a network namespace that others can send to, each once. */
export const addressesIn = (trie: string, table: string): readonly string[] => [
  ...new Set([...four(trie), ...six(table)]),
];
