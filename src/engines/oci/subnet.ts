/** An address as a number with its width in bits, or undefined when it is none. */
function parse(address: string): {value: bigint; bits: number} | undefined {
  return address.includes(':') ? parseSix(address) : parseFour(address);
}

function parseFour(address: string): {value: bigint; bits: number} | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) {
    return undefined;
  }
  return {value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n), bits: 32};
}

function parseSix(address: string): {value: bigint; bits: number} | undefined {
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({length: missing}, () => '0'), ...tail];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return {value: groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n), bits: 128};
}

/** Whether `10.78.0.50` lies in `10.78.0.0/24`; of both families. False when one of them is not readable. */
export function subnetContains(subnet: string, address: string): boolean {
  const [base = '', length = ''] = subnet.split('/');
  const network = parse(base);
  const one = parse(address);
  if (network === undefined || network.bits !== one?.bits) return false;
  if (!/^\d{1,3}$/.test(length) || Number(length) > network.bits) return false;
  const shift = BigInt(network.bits - Number(length));
  return network.value >> shift === one.value >> shift;
}
