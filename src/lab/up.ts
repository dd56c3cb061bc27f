import type {Problem} from '../base/problem.js';
import {err, ok, type Result} from '../base/result.js';
import {ensureRoot, exists, rootAt} from './image/build.js';
import {cgroupRoot} from './host/cgroup.js';
import {sweepLab} from './down.js';
import {startHost} from './host/host.js';
import {
  addressOf,
  type Lab,
  labFolder,
  readLab,
  type VmSize,
  withHosts,
  writeLab,
} from './lab-state.js';
import {guardFiles, withLock} from './lock.js';
import {checkName, labNames} from './names.js';
import {
  bridgeAlias,
  bridgeFiltered,
  folderInAlias,
  makeBridge,
  type Network,
  readNetwork,
} from './host/network.js';
import {checkMachine, checkSpace, type LabPlace, type Say} from './place.js';
import {runInHost} from './host/ssh.js';
import {writeSshFiles} from './host/ssh-files.js';
import {chooseSubnet, maxHosts, type Subnet} from './host/subnet.js';
import {ensureTools} from './image/tools.js';
import {checkVm, ensureVm, vmFolder} from './image/vm-build.js';

export const defaultLab = 'lab';
const defaultHosts = ['alpha', 'beta'];
const hostBytes = 256 * 2 ** 20;
const vmBytes = 2 ** 30;
/** Two of them fill the two cores of a small machine. */
const defaultVm: VmSize = {cpus: 1, memory: 2048};

export interface UpOptions {
  readonly lab?: string;
  /** Default: the lab's own, or the first free one of 10.78.0 to 10.78.255. */
  readonly subnet?: Subnet;
  /** Default: the hosts the lab has, or alpha and beta. */
  readonly hosts?: readonly string[];
  /** Hosts that are virtual machines. Default: as the lab is, or else made of namespaces. */
  readonly vm?: Partial<VmSize>;
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
  const virtual = (options.vm ?? (await readLab(place, name))?.vm) !== undefined;
  const space = await checkSpace(place.stateRoot, virtual ? vmBytes : hostBytes);
  if (!space.ok) return space;
  const built = await ensureBase(place, virtual, options.say);
  if (!built.ok) return built;
  return withLock(place.lockFile, async () => {
    const laid = await layLab(place, name, options, built.value);
    return laid.ok ? startAll(place, laid.value, options) : laid;
  });
}

/** What hosts stand on: hashes that name folders of the cache. */
interface Base {
  readonly root: string;
  /** For virtual machines. */
  readonly vm?: string;
}

async function ensureBase(
  place: LabPlace,
  virtual: boolean,
  say: Say,
): Promise<Result<Base, Problem>> {
  const able = virtual ? await checkVm() : ok(undefined);
  if (!able.ok) return able;
  const root = await ensureRoot(place, say);
  if (!root.ok) return root;
  const vm = virtual ? await ensureVm(place, root.value, say) : undefined;
  if (vm === undefined) return ok({root: root.value.hash});
  return vm.ok ? ok({root: root.value.hash, vm: vm.value}) : vm;
}

/** The lab's state file, bridge and keys. */
async function layLab(
  place: LabPlace,
  name: string,
  options: UpOptions,
  newest: Base,
): Promise<Result<Lab, Problem>> {
  const claimed = await claim(place, name, options.say);
  if (!claimed.ok) return claimed;
  if (claimed.value !== undefined && !sameKind(claimed.value, options.vm))
    return err(otherKind(claimed.value));
  const network = await readNetwork();
  if (!network.ok) return network;
  const subnet = pickSubnet(name, claimed.value, options.subnet, network.value);
  if (!subnet.ok) return subnet;
  const base = claimed.value ?? {
    ...{name, subnet: subnet.value, root: newest.root, hosts: []},
    ...sized(newest.vm, options.vm),
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

const sized = (base: string | undefined, wanted?: Partial<VmSize>): Pick<Lab, 'vm'> =>
  base === undefined ? {} : {vm: {...defaultVm, ...wanted, base}};

/** Nothing else is wanted than what the lab is already. */
function sameKind({vm}: Lab, wanted: Partial<VmSize> | undefined): boolean {
  if (wanted === undefined) return true;
  const {cpus = vm?.cpus, memory = vm?.memory} = wanted;
  return vm !== undefined && cpus === vm.cpus && memory === vm.memory;
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
  if (before !== undefined && (await stands(place, before))) return ok(before);
  const swept = await sweepLab(place, name);
  if (!swept.ok) return swept;
  if (swept.value.length > 0) say(`removed what was left of lab "${name}"`);
  return ok(undefined);
}

async function stands(place: LabPlace, {root, vm}: Lab): Promise<boolean> {
  const bases = [rootAt(place, root).rootfs, ...(vm ? [vmFolder(place, vm.base)] : [])];
  return (await Promise.all(bases.map(exists))).every(Boolean);
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
  if (lab.vm !== undefined) {
    const {cpus, memory} = lab.vm;
    say(
      `starting virtual machines, emulated, of ${cpus} CPU and ${memory} MiB each (10 s and more)`,
    );
  }
  const results = await Promise.all(
    wanted.map(async (host) => {
      const started = await startHost(place, lab, host, cgroups.value);
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

const otherKind = ({name, vm}: Lab): Problem => ({
  kind: 'preflight',
  code: 'lab-kind',
  message: `the hosts of lab "${name}" are ${vm === undefined ? 'made of namespaces' : `virtual machines of ${vm.cpus} CPU and ${vm.memory} MiB`}, and something else is wanted`,
  remedy: 'take the lab down first, or choose another name',
});

const tooMany = ({name}: Lab): Problem => ({
  kind: 'preflight',
  code: 'too-many-hosts',
  message: `lab "${name}" would have more than ${maxHosts} hosts`,
  remedy: 'make a second lab beside it, with another name',
});
