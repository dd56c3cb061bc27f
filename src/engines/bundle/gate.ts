import {namespaceOf} from '../oci/config.js';
import type {Pair} from '../engine.js';
import {bundleOf} from './bundle.js';

/** Letters that an address has; anything else is not put into a rule. */
const letters = /^[0-9A-Fa-f.:]+$/;

/** Connections are kept only where the container has addresses of its own, which move with it. */
export const keepsConnections = ({container, connections}: Pair): boolean =>
  connections === 'keep' && container.addresses.length > 0;

/** The addresses whose packets the gate holds back; none where there is no gate. */
export const gateWords = (pair: Pair): readonly string[] =>
  keepsConnections(pair)
    ? pair.container.addresses.flatMap(({ip}) => (ip !== undefined && letters.test(ip) ? [ip] : []))
    : [];

/** One table a container, so that moves do not disturb each other. */
export const gateTable = (name: string): string =>
  `cm_${name.replaceAll(/[^0-9A-Za-z]/g, '_').slice(0, 40)}`;

/** The file of a network namespace that somebody made for the container; empty for any other. */
export const netnsOf = ({container}: Pair): string =>
  namespaceOf(bundleOf(container).config, 'network') ?? '';

/**
 * The gate stands in the container's network namespace, from the freeze on: the kernel of a frozen
 * container would go on acknowledging what clients send, and nobody would ever read it. Established
 * connections are answered with `host unreachable`, a soft error that lets a client ask again at once
 * (RFC 1122, 4.2.3.9; RFC 6069); new ones are dropped. No TCP goes out.
 *
 * Once the container has left, its namespace falls silent, down to ARP: what the sockets of the frozen
 * copy have to say when it ends is answered with a reset to themselves, so that no client hears of it
 * (a namespace that outlives its container would go on for minutes: `FIN-WAIT-1`), and an address that
 * is on two hosts answers on one alone (seen: a client that was reset by the empty one). Where it is
 * about to be restored, TCP is dropped instead: CRIU lets its sockets speak before it has returned.
 *
 * Needs `$table`. All take the file of the namespace; `silence_inside` takes what is done with TCP too.
 */
export const gateText = `inside() {
  netns_file=$1
  shift
  nsenter --net="$netns_file" -- "$@"
}
close_inside() {
  inside "$1" nft -f - <<END
table inet $table
delete table inet $table
table inet $table {
  chain in {
    type filter hook input priority -400;
    iifname "lo" accept
    tcp flags & (syn|ack) == syn drop
    meta l4proto tcp reject with icmpx type host-unreachable
  }
  chain out {
    type filter hook output priority -400;
    oifname "lo" accept
    meta l4proto tcp drop
  }
}
END
}
silence_inside() {
  inside "$1" nft -f - 2>/dev/null <<END || :
table inet $table
delete table inet $table
table inet $table {
  chain in {
    type filter hook input priority -400;
    iifname "lo" accept
    drop
  }
  chain out {
    type filter hook output priority -400;
    oifname "lo" accept
    meta l4proto tcp $2
    drop
  }
}
table arp $table
delete table arp $table
table arp $table {
  chain in {
    type filter hook input priority 0;
    drop
  }
  chain out {
    type filter hook output priority 0;
    drop
  }
}
END
}
open_inside() {
  for family in inet arp; do inside "$1" nft delete table "$family" "$table" 2>/dev/null || :; done
}`;

/**
 * On the target of a container whose network is made by its hooks, nothing can stand in a namespace
 * that is not there yet: the address answers before CRIU has put the sockets back, and a retransmission
 * that comes in between is answered with a reset (seen in the first try). So there the gate stands on
 * every device of the host, where packets for these addresses come in. Needs `$table` and `$scratch`,
 * and the addresses as words.
 */
export const outerGateText = `outer_rules() {
  reject=$1
  shift
  echo "table netdev $table"
  echo "delete table netdev $table"
  echo "table netdev $table {"
  number=0
  for device in /sys/class/net/*; do
    device=\${device##*/}
    if [ "$device" = lo ] || [ ! -e "/sys/class/net/$device/ifindex" ]; then continue; fi
    number=$((number + 1))
    echo "  chain in$number {"
    echo "    type filter hook ingress device \\"$device\\" priority 0;"
    for address; do
      case $address in *:*) family=ip6 answer='icmpv6 type addr-unreachable' ;; *) family=ip answer='icmp type host-unreachable' ;; esac
      echo "    $family daddr $address tcp flags & (syn|ack) == syn drop"
      [ -z "$reject" ] || echo "    $family daddr $address meta l4proto tcp reject with $answer"
      echo "    $family daddr $address meta l4proto tcp drop"
    done
    echo '  }'
  done
  echo '}'
}
close_outer() {
  outer_rules yes "$@" > "$scratch/gate"
  nft -f "$scratch/gate" 2>/dev/null || { outer_rules '' "$@" > "$scratch/gate"; nft -f "$scratch/gate"; }
}
open_outer() { nft delete table netdev "$table" 2>/dev/null || :; }`;
