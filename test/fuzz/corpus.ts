import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

/** Where the tests lie; the bundle that runs by hand lies elsewhere, so it is told from the project's folder. */
const root = path.join(process.cwd(), 'test');

const read = (folder: string, end: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));

export const plans: readonly string[] = [
  ...read(path.join(root, '../examples'), '.yaml'),
  ...read(path.join(root, '../plans'), '.yaml'),
  ...read(path.join(root, 'golden'), '.problemtest').map(
    (text) => text.split('----------\n')[0] ?? '',
  ),
];

/** What engines printed, by the engine's name: looks and surveys. */
export const recordings = (engine: string, kind: 'look' | 'survey'): readonly string[] => {
  const folder = path.join(root, 'engines/recordings');
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${engine}-`) && name.includes(`-${kind}`))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
};

const ed = 'AAAAC3NzaC1lZDI1NTE5AAAAIJ8Pp3bVfIFkRPWNLcO4XbLrpHXHN0G8c0l1e1f0d2kQ';

export const knownHosts: readonly string[] = [
  `alpha,10.0.0.1 ssh-ed25519 ${ed}\n[beta]:2222 ssh-ed25519 ${ed} comment here\n`,
  `# a comment\n\n@revoked * ssh-ed25519 ${ed}\n@cert-authority *.example.org ssh-ed25519 ${ed}\n`,
  `|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 ${ed}\n`,
  `web-??,!web-02,*.lan ssh-ed25519 ${ed}\n`,
];

export const sshG: readonly string[] = [
  `host alpha
user root
hostname 10.0.0.1
port 22
addressfamily any
identitiesonly no
stricthostkeychecking ask
connecttimeout none
identityfile ~/.ssh/id_rsa
identityfile ~/.ssh/id_ed25519
identityagent SSH_AUTH_SOCK
userknownhostsfile ~/.ssh/known_hosts ~/.ssh/known_hosts2
globalknownhostsfile /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2
proxyjump none
hostkeyalias alias
`,
  `user ann
hostname %h.example.org
port 2222
identityfile %d/.ssh/%r@%h:%p
identityagent \${HOME}/agent
proxycommand ssh -W %h:%p gate -- %%n %n
proxyjump ann@one:22,two
connecttimeout 7
userknownhostsfile none
stricthostkeychecking accept-new
`,
];
