import type {Rule} from './rule.js';

const ssh = 'https://man.openbsd.org/ssh';

/** What ssh, rsync and shells say when they do not get through. */
export const reachRules: readonly Rule[] = [
  {
    id: 'ssh-host-key',
    where: ['ssh'],
    patterns: [/REMOTE HOST IDENTIFICATION HAS CHANGED/u, /Host key verification failed/u],
    means:
      'the host has another key than the one that is known of it: it was installed anew, or it is not that host',
    remedy:
      'find out which; only then "ssh-keygen -R HOST", and connect once by hand to see the new key',
    see: [ssh],
  },
  {
    id: 'ssh-denied',
    where: ['ssh'],
    patterns: [
      /Permission denied \((?<ways>(?:publickey|password|keyboard-interactive|gssapi)[^)]{0,100})\)/u,
      /Too many authentication failures/u,
    ],
    means: 'the host does not let this user in with the keys that were offered',
    remedy:
      'try "ssh USER@HOST true" by hand; see user, IdentityFile and agent, and authorized_keys on the host (mode 0600)',
    see: [ssh],
  },
  {
    id: 'ssh-refused',
    where: ['ssh'],
    patterns: [/connect to host (?<host>[^ ]{1,200}) port (?<port>\d{1,5}): Connection refused/u],
    means: 'nothing listens on port {port} of "{host}"',
    remedy: 'see that sshd runs there, and that the port in the plan is the right one',
    see: [ssh],
  },
  {
    id: 'ssh-no-route',
    where: ['ssh'],
    patterns: [
      /connect to host (?<host>[^ ]{1,200}) port \d{1,5}: (?:Connection timed out|No route to host|Network is unreachable|Operation timed out)/u,
    ],
    means: '"{host}" does not answer: it is down, or a firewall is in between',
    remedy:
      'ping it, see the firewalls on the way, or use transfer: relay where only the runner can reach both hosts',
    see: [ssh],
  },
  {
    id: 'ssh-name',
    where: ['ssh'],
    patterns: [/Could not resolve hostname (?<host>[^ :]{1,200})/u],
    means:
      'the name "{host}" is not known to the machine that connects (which may be the source, not this one)',
    remedy: 'write an address that all hosts know, or set peerAddress of that host in the plan',
    see: [ssh],
  },
  {
    id: 'ssh-broke',
    where: ['ssh', 'rsync'],
    patterns: [
      /client_loop: send disconnect/u,
      /kex_exchange_identification: (?:read: )?Connection (?:reset|closed)/u,
      /Connection (?:to [^ ]{1,200} )?closed by remote host/u,
      /Timeout, server [^ ]{1,200} not responding/u,
      /rsync error: unexplained error \(code 255\)/u,
    ],
    means:
      'the connection broke while it was in use: the network, the other host, or its sshd (MaxStartups when many connect at once)',
    remedy: 'see that the host is up and the log of its sshd, and run the same command again',
    see: [ssh],
  },
  {
    id: 'rsync-missing',
    where: ['rsync'],
    patterns: [
      /rsync: (?:command )?not found/u,
      /rsync error: remote command not found \(code 127\)/u,
    ],
    means: 'rsync is not installed on one of the hosts',
    remedy: 'install it on both',
    see: [],
  },
  {
    id: 'rsync-partial',
    where: ['rsync'],
    patterns: [/rsync error: some files\/attrs were not transferred[^\n]{0,60}\(code 23\)/u],
    means:
      'some files could not be copied: no permission, an attribute that the file system of the target does not have, or an error of the disk',
    remedy:
      'see the lines before it for the names; compare file systems (ACLs, xattrs) on both hosts',
    see: [],
    rank: 'follows',
  },
  {
    id: 'read-only',
    where: ['kernel', 'podman', 'rsync'],
    patterns: [/: Read-only file system/iu],
    means: 'the file system there is mounted read-only, perhaps after an error of the disk',
    remedy: 'see "dmesg" and "findmnt" for the reason, and mount it writable again',
    see: [],
    rank: 'follows',
  },
  {
    id: 'disk-error',
    where: ['kernel'],
    patterns: [/Input\/output error/u, /\bI\/O error, dev (?<device>[^ ,]{1,40})/u],
    means: 'the disk or its file system returns errors',
    remedy: 'see "dmesg", and do not move anything onto or off that disk before it is well',
    see: [],
  },
  {
    id: 'process-killed',
    where: ['podman', 'docker', 'kernel'],
    patterns: [/killed by signal 9(?:: Killed)?/u],
    means:
      'a process was killed by somebody: an operator, a timeout, or the kernel for lack of memory',
    remedy: 'see "dmesg | grep -i -e oom -e killed" at that time, and the lines before it',
    see: [],
    rank: 'follows',
  },
  {
    id: 'program-missing',
    where: ['podman', 'docker', 'ssh'],
    patterns: [
      /\b(?<program>podman|docker|criu|runc|crun|tar|nft|flock|stat): (?:command )?not found/u,
    ],
    means: 'the program "{program}" is not on that host, or not in the PATH of that user',
    remedy: 'install it there',
    see: [],
  },
];
