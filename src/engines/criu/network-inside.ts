import type {Blocker} from './blocker.js';
import type {Answers} from '../host/sections.js';
import type {ObservedContainer} from '../facts.js';

/**
 * What a container's programs, or somebody with nsenter, made in its network. Names and comments in a
 * rule set are free text, so every line has a prefix.
 */
export const insidePart = `
  if [ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ] && has nsenter; then
    section firewall "$1"
    within 15 nsenter --net="/proc/$pid/ns/net" -- sh -c 'nft list ruleset; for tool in iptables ip6tables; do for table in $(cat /proc/net/\${tool%tables}_tables_names); do "$tool-legacy-save" -t "$table" || "$tool-save" -t "$table"; done; done' 2>/dev/null | sed 's/^[[:space:]]*/| /' | head -n 500 || :
    section addresses "$1"
    grep -B 1 'host LOCAL' "/proc/$pid/net/fib_trie" 2>/dev/null | sed -n 's/^[ |+-]*\\([0-9.][0-9.]*\\)$/\\1/p' | sort -u || :
    section routes "$1"
    sed -n 's/^[^[:space:]]*[[:space:]]*\\([0-9A-F]\\{8\\}\\)[[:space:]]*\\([0-9A-F]\\{8\\}\\)[[:space:]].*/\\1 \\2/p' "/proc/$pid/net/route" 2>/dev/null || :
    section devices-inside "$1"
    sed -n 's/^ *\\([A-Za-z0-9_.-]*\\): .*/\\1/p' "/proc/$pid/net/dev" 2>/dev/null || :
  fi`;

/** docker answers names in networks of its users by rules in their containers, and CRIU's are its own. */
const ownRule = /DOCKER_|127\.0\.0\.11|\bCRIU/;

/** Lines that only hold rules, in the words of nft and of iptables-save. */
const frame =
  /^(?:table |chain |\}|#|\*|COMMIT|:\S+ (?:ACCEPT|-) )|^type \S+ hook \S+ .*policy accept;$|^$/;

const hasFirewall = ({lines}: Answers): boolean =>
  lines('firewall')
    .map((line) => line.replace(/^\|\s*/, '').trim())
    .some((line) => !frame.test(line) && !ownRule.test(line));

/** Tunnels and bridges, and none of those that the kernel makes by itself in every new network. */
const madeInside = /^(?:wg|tun(?!l0$)|tap|ppp|br|veth|vxlan|ipsec)/;

const foreignAddress = ({lines}: Answers, {raw}: ObservedContainer): string | undefined => {
  const told = JSON.stringify(raw ?? {});
  return lines('addresses').find((ip) => !ip.startsWith('127.') && !told.includes(`"${ip}"`));
};

/** Of networks that the engine made; others are made on the target in the same way as here, or are there. */
export function insideBlockers(found: Answers, container: ObservedContainer): readonly Blocker[] {
  if (container.addresses.length === 0) return [];
  const {lines} = found;
  const inside = (what: string): Blocker => ({code: 'network-inside', what});
  const address = foreignAddress(found, container);
  const device = lines('devices-inside').find((name) => madeInside.test(name));
  const routed = lines('routes').some((line) => !/^00000000 |^\S+ 00000000$/.test(line));
  return [
    ...(hasFirewall(found) ? [inside('firewall rules')] : []),
    ...(address === undefined ? [] : [inside(`the address ${address}`)]),
    ...(routed ? [inside('routes')] : []),
    ...(device === undefined ? [] : [inside(`the device ${device}`)]),
  ];
}
