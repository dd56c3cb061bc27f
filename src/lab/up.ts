import type {Problem} from '../base/problem.js';
import {err, ok, type Result} from '../base/result.js';
import {ensureRoot, exists, type Root, rootAt} from './build.js';
import {cgroupRoot} from './cgroup.js';
import {sweepLab} from './down.js';
import {startHost} from './host.js';
import {addressOf, type Lab, labFolder, readLab, withHosts, writeLab} from './lab-state.js';
import {guardFiles, withLock} from './lock.js';
import {checkName, labNames} from './names.js';
import {
  bridgeAlias,
  bridgeFiltered,
  folderInAlias,
  makeBridge,
  type Network,
  readNetwork,
} from './network.js';
import {checkMachine, checkSpace, type LabPlace, type Say} from './place.js';
import {runInHost} from './ssh.js';
import {writeSshFiles} from './ssh-files.js';
import {chooseSubnet, maxHosts, type Subnet} from './subnet.js';
import {ensureTools} from './tools.js';

export const defaultLab = 'lab';
const defaultHosts = ['alpha', 'beta'];
const hostBytes = 256 * 2 ** 20;

export interface UpOptions {
  readonly lab?: string;
  /** Default: the lab's own, or the first free one of 10.78.0 to 10.78.255. */
  readonly subnet?: Subnet;
  /** Default: the hosts the lab has, or alpha and beta. */
  readonly hosts?: readonly string[];
  readonly say: Say;
}

/** Makes these hosts run and answer; hosts that do already are left alone. */
export async function up(place: LabPlace, options: UpOptions): Promise<Result<Lab, Problem>> {
  const name = options.lab ?? defaultLab;
  const named = [checkName('lab', name), ...(options.hosts ?? []).map((h) => checkName('host', h))];
  for (const check of [checkMachine(place), ...named]) if (!check.ok) return check;
  return guardFiles(() => prepareAndStart(place, name, options));
}

async function prepareAndStart(
  place: LabPlace,
  name: string,
  options: UpOptions,
): Promise<Result<Lab, Problem>> {
  const tools = await ensureTools(
    ['ip', 'ssh', 'ssh-keygen', 'unshare', 'nsenter', 'flock', 'mount'],
    options.say,
  );
  if (!tools.ok) return tools;
  const space = await checkSpace(place.stateRoot, hostBytes);
  if (!space.ok) return space;
  const built = await ensureRoot(place, options.say);
  if (!built.ok) return built;
  return withLock(place.lockFile, async () => {
    const laid = await layLab(place, name, options, built.value);
    return laid.ok ? startAll(place, laid.value, options) : laid;
  });
}

/** The lab's state file, bridge and keys. */
async function layLab(
  place: LabPlace,
  name: string,
  options: UpOptions,
  newest: Root,
): Promise<Result<Lab, Problem>> {
  const claimed = await claim(place, name, options.say);
  if (!claimed.ok) return claimed;
  const network = await readNetwork();
  if (!network.ok) return network;
  const subnet = pickSubnet(name, claimed.value, options.subnet, network.value);
  if (!subnet.ok) return subnet;
  const base = claimed.value ?? {
    ...{name, subnet: subnet.value, root: newest.hash, hosts: []},
    folder: labFolder(place, name),
  };
  const lab = withHosts(base, wantedHosts(base, options.hosts));
  if (lab.hosts.some(({index}) => index > maxHosts)) return err(tooMany(lab));
  await writeLab(lab);
  const bridged = await makeBridge(lab, network.value);
  if (!bridged.ok) return bridged;
  const written = await writeSshFiles(lab);
  return written.ok ? ok(lab) : written;
}

const wantedHosts = (lab: Lab, named: readonly string[] = []): readonly string[] =>
  named.length > 0 || lab.hosts.length > 0 ? named : defaultHosts;

/** A lab keeps its subnet, which stands in its hosts' files; only while it was off somebody else can have taken it. */
function pickSubnet(
  name: string,
  before: Lab | undefined,
  wanted: Subnet | undefined,
  network: Network,
): Result<Subnet, Problem> {
  if (before === undefined) return chooseSubnet(wanted, network.taken);
  const off = !network.links.has(labNames(name).bridge);
  if ((wanted ?? before.subnet) === before.subnet && !(off && network.taken.has(before.subnet))) {
    return ok(before.subnet);
  }
  return err({
    kind: 'preflight',
    code: 'subnet-taken',
    message: `lab "${name}" has the subnet "${before.subnet}", and ${wanted === undefined ? 'something else on this machine uses it now' : `not "${wanted}"`}`,
    remedy: 'take the lab down first',
  });
}

/** The lab as it stands; remains without a readable state file, or of a root filesystem that is gone, are swept first. */
async function claim(
  place: LabPlace,
  name: string,
  say: Say,
): Promise<Result<Lab | undefined, Problem>> {
  const elsewhere = await checkOwner(place, name);
  if (!elsewhere.ok) return elsewhere;
  const before = await readLab(place, name);
  if (before !== undefined && (await exists(rootAt(place, before.root).rootfs))) return ok(before);
  const swept = await sweepLab(place, name);
  if (!swept.ok) return swept;
  if (swept.value.length > 0) say(`removed what was left of lab "${name}"`);
  return ok(undefined);
}

/** A lab of this name may be up with its state in another folder: another user's, or a test's. */
export async function checkOwner(place: LabPlace, name: string): Promise<Result<void, Problem>> {
  const network = await readNetwork();
  if (!network.ok) return network;
  const alias = network.value.links.get(labNames(name).bridge)?.alias ?? '';
  const folder = folderInAlias(alias);
  if (folder === undefined || alias === bridgeAlias(labFolder(place, name))) return ok(undefined);
  if (!(await exists(folder))) return ok(undefined);
  return err({
    kind: 'preflight',
    code: 'lab-elsewhere',
    message: `lab "${name}" is up with its state in "${folder}"`,
    remedy: 'choose another name, or set XDG_STATE_HOME to what it was',
  });
}

async function startAll(
  place: LabPlace,
  lab: Lab,
  {hosts, say}: UpOptions,
): Promise<Result<Lab, Problem>> {
  const cgroups = await cgroupRoot();
  if (!cgroups.ok) return cgroups;
  const wanted = lab.hosts.filter(({name}) => !hosts?.length || hosts.includes(name));
  const results = await Promise.all(
    wanted.map(async (host) => {
      const started = await startHost(lab, host, rootAt(place, lab.root), cgroups.value);
      if (started.ok) say(`${host.name} ${started.value === 'kept' ? 'is up' : 'started'}`);
      return started;
    }),
  );
  for (const result of results) if (!result.ok) return result;
  if ((await bridgeFiltered()) && !(await hostsMeet(lab))) {
    say(
      "this machine's firewall keeps the hosts from each other; to change that: sysctl -w net.bridge.bridge-nf-call-iptables=0",
    );
  }
  return ok(lab);
}

async function hostsMeet(lab: Lab): Promise<boolean> {
  const [first, second] = lab.hosts;
  if (first === undefined || second === undefined) return true;
  const ping = await runInHost(lab, first.name, ['ping', '-c1', '-W1', addressOf(lab, second)]);
  return ping.ok && ping.value.exitCode === 0;
}

const tooMany = ({name}: Lab): Problem => ({
  kind: 'preflight',
  code: 'too-many-hosts',
  message: `lab "${name}" would have more than ${maxHosts} hosts`,
  remedy: 'make a second lab beside it, with another name',
});
