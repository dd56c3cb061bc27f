import {criu, podman, type Rule} from './rule.js';

/** About sockets, connections and the network's lock. */
export const socketRules: readonly Rule[] = [
  {
    id: 'tcp-connected',
    where: ['criu dump'],
    patterns: [/Connected TCP socket, consider using --tcp-established/u],
    means: 'the container has open TCP connections, and the dump was not told to keep them',
    remedy:
      'say "connections: keep" in the plan (podman and runc: --tcp-established; docker: a line "tcp-established" in /etc/criu/runc.conf), with an address that moves along; or close the connections first',
    see: [criu(599), criu(589)],
  },
  {
    id: 'tcp-connected-image',
    where: ['criu restore'],
    patterns: [/Connected TCP socket in image/u],
    means:
      'the checkpoint holds open TCP connections, and the restore was not told to bring them back',
    remedy:
      'restore with --tcp-established, as it was dumped; or with --tcp-close (podman from 5.7), which drops them',
    see: [criu(599)],
  },
  {
    id: 'tcp-in-flight',
    where: ['criu dump'],
    patterns: [/In-flight connection/u],
    means:
      'a client was just being connected (the connection waited to be accepted), which cannot be dumped',
    remedy:
      'try again; where that happens often, --tcp-skip-in-flight (runc 1.3.0) drops such connections',
    see: [],
  },
  {
    id: 'address-missing',
    where: ['criu restore'],
    patterns: [
      /Can't bind inet socket[^:]{0,60}: Cannot assign requested address/u,
      /Can't connect inet socket back: Cannot assign requested address/u,
    ],
    means:
      'a socket of the container is bound to an address that this host or network namespace does not have',
    remedy:
      'give the container the same address on the target (a network of the same name and an IP of its own), or restore with --tcp-close',
    see: [criu(312), criu(516), criu(735)],
  },
  {
    id: 'address-in-use',
    where: ['criu restore'],
    patterns: [/Can't (?:bind|listen on) [^:]{0,60}: Address already in use/u],
    means: 'another process on this host uses the port of the container already',
    remedy:
      'see which with "ss -lntp", stop it, and restore again; a container without a network of its own shares its ports with the host',
    see: [],
  },
  {
    id: 'unix-socket-outside',
    where: ['criu dump', 'criu restore'],
    patterns: [
      /External socket (?:is used|found in image)/u,
      /Can't dump half of stream unix connection/u,
      /Can't dump name-less external socket/u,
      /unix: Dangling connection \d{1,12}/u,
      /Unix socket \d{1,12} (?:without peer|with unreachable peer)/u,
    ],
    means:
      'the container is connected over a unix socket to a program outside of it (a log, docker.sock, a database, X11), which stays behind',
    remedy:
      'take that mount out of the container, or make the program close the connection before the freeze (hook "beforeFreeze"); for sockets without a connection --ext-unix-sk (runc) may do',
    see: [podman(12275), criu(284)],
  },
  {
    id: 'socket-kind',
    where: ['criu dump'],
    patterns: [
      /Unknown socket collected \(family (?<family>\d{1,3})\)/u,
      /Unsupported socket family: (?<family>\d{1,5})/u,
    ],
    means:
      'the container has a socket of a family that CRIU does not know ({family}; 40 is vsock, 17 packets, 38 the crypto API)',
    remedy: 'let the program close it before the freeze, or move the container cold',
    see: ['https://criu.org/What_cannot_be_checkpointed'],
  },
  {
    id: 'multipath-tcp',
    where: ['criu dump'],
    patterns: [/Unsupported proto 262 for socket/u, /GODEBUG=multipathtcp=0/u],
    means:
      'the program uses multipath TCP, as programs in Go do by themselves since 1.24; CRIU cannot dump it',
    remedy:
      'start it again with "--sysctl net.mptcp.enabled=0" or with GODEBUG=multipathtcp=0 in its environment, or move it cold',
    see: [],
  },
  {
    id: 'netlink-data',
    where: ['criu dump'],
    patterns: [/netlink: The socket has data to read/u],
    means: 'a netlink socket of the container had unread messages at that moment',
    remedy: 'try again; where it always happens, move the container cold',
    see: [],
  },
  {
    id: 'socket-option-16',
    where: ['criu dump'],
    patterns: [/Can't get 1:16 opt/u],
    means:
      'this kernel (6.16 or later) refuses a socket option that CRIU before 4.2 reads, so nothing with a socket can be dumped',
    remedy: 'install CRIU 4.2 or newer on both hosts',
    see: [],
  },
  {
    id: 'socket-diag',
    where: ['criu dump'],
    patterns: [/Diag module missing/u],
    means: 'the kernel cannot list sockets: its diag modules are not loaded',
    remedy:
      'modprobe -a unix_diag inet_diag tcp_diag udp_diag raw_diag netlink_diag af_packet_diag',
    see: [criu(417)],
  },
  {
    id: 'network-lock-iptables',
    where: ['criu dump', 'criu restore'],
    patterns: [
      /iptables-restore[^\n]{0,120}(?:No such file|invalid option -- 'w'|not found)/u,
      /Locking network failed: iptables-restore/u,
      /Iptables configuration failed/u,
    ],
    means: 'CRIU locks the network with iptables, and that is missing here, or older than 1.6',
    remedy:
      'install iptables 1.6 or newer, or a line "network-lock nftables" in /etc/criu/runc.conf (CRIU 3.16; crun 1.19: --network-lock)',
    see: [criu(2339), criu(402), criu(1435), podman(24799)],
  },
  {
    id: 'network-lock-nftables',
    where: ['criu dump', 'criu restore'],
    patterns: [
      /Locking (?:network|connection) failed using nftables/u,
      /CRIU was built without libnftables/u,
    ],
    means:
      'CRIU cannot lock the network with nftables: this build cannot, or the kernel lacks nf_tables',
    remedy:
      'modprobe nf_tables, or use the other way: "network-lock iptables" in /etc/criu/runc.conf',
    see: [],
  },
  {
    id: 'parasite-socket',
    where: ['criu dump'],
    patterns: [/Unable to connect a transport socket: Permission denied/u],
    means:
      'the container may not do what CRIU has to do inside of it (make a unix socket): AppArmor or SELinux forbids it',
    remedy:
      'see the denial in the kernel log ("dmesg | grep -i denied"), and give the container a profile that allows it, or none (--security-opt apparmor=unconfined)',
    see: [criu(552)],
  },
];
