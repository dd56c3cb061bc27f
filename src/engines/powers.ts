import {textAt} from '../base/json.js';
import {plainCapability, powerKinds, type PowerKind} from '../base/powers.js';

export interface Power {
  readonly kind: PowerKind;
  /** What it is about: a path, the name of a capability. */
  readonly of?: string;
}

const power = (kind: PowerKind, of?: string): Power => (of === undefined ? {kind} : {kind, of});

export const powerIf = (holds: boolean, kind: PowerKind): readonly Power[] =>
  holds ? [power(kind)] : [];

export const powersOver = (kind: PowerKind, values: readonly string[]): readonly Power[] =>
  values.filter((value) => value !== '').map((value) => power(kind, value));

/** As a plan writes it: `privileged`, `bind:/etc`. */
export const wordOf = ({kind, of}: Power): string => (of === undefined ? kind : `${kind}:${of}`);

/**
 * Capabilities that are worth root on the host, or change it as a whole, also where its namespaces are the container's own:
 * capabilities(7), and Spengler, "False Boundaries and Arbitrary Code Execution" (grsecurity, 2011). Those that engines give to
 * every container are not among them. ALL is docker's word for all of them.
 */
const rootCapabilities = new Set([
  ...['ALL', 'BPF', 'DAC_READ_SEARCH', 'MAC_ADMIN', 'MAC_OVERRIDE', 'PERFMON', 'SYS_ADMIN'],
  ...['SYS_BOOT', 'SYS_MODULE', 'SYS_PTRACE', 'SYS_RAWIO', 'SYS_TIME', 'SYSLOG'],
]);

/** Given as `SYS_ADMIN`, `cap_sys_admin` or `CAP_SYS_ADMIN`. */
export function capabilityPowers(
  given: readonly string[],
  onHostNetwork: boolean,
): readonly Power[] {
  const names = given.map(plainCapability);
  const counts = (name: string): boolean =>
    rootCapabilities.has(name) || (onHostNetwork && name === 'NET_ADMIN');
  return powersOver('capability', names.filter(counts));
}

/** Namespaces of the host, as `HostConfig` of podman and docker names them. */
export function hostSpacePowers(host: unknown): readonly Power[] {
  const isHost = (key: string): boolean => textAt(host, key) === 'host';
  return [
    ...powerIf(isHost('PidMode'), 'host-pid'),
    ...powerIf(isHost('IpcMode'), 'host-ipc'),
    ...powerIf(isHost('UTSMode'), 'host-uts'),
  ];
}

/** Annotations that runtimes obey, or hooks that distributions install for podman. */
const obeyed = /^(?:run\.oci\.|org\.criu\.|org\.systemd\.property\.|io\.containers\.|io\.crun)/;

/** What `cm` writes itself into a copy beside another container; nobody but root can make that file. */
const isOurs = (name: string, value: unknown): boolean =>
  name === 'org.criu.config' &&
  typeof value === 'string' &&
  /^\/run\/cm\/[^/]+\/criu\.conf$/.test(value);

export const annotationPowers = (
  annotations: Readonly<Record<string, unknown>>,
): readonly Power[] =>
  powersOver(
    'annotation',
    Object.entries(annotations).flatMap(([name, value]) =>
      obeyed.test(name) && !isOurs(name, value) ? [name] : [],
    ),
  );

function seccompPowers(value: string): readonly Power[] {
  if (value === 'unconfined') return [power('seccomp-unconfined')];
  if (value === '' || value === 'builtin') return [];
  return value.startsWith('{') ? [power('seccomp-profile')] : [power('seccomp', value)];
}

/** The profiles that engines have by themselves. */
const usualProfile = /^(?:|docker-default|containers-default-[0-9.]+)$/;

export function apparmorPowers(profile: string): readonly Power[] {
  if (profile === 'unconfined') return [power('apparmor-unconfined')];
  return usualProfile.test(profile) ? [] : [power('apparmor', profile)];
}

/** What is told by `--security-opt`, in words that podman and docker have in common. */
const options: Readonly<Record<string, (value: string) => readonly Power[]>> = {
  'no-new-privileges': () => [],
  mask: () => [],
  'proc-opts': () => [],
  seccomp: seccompPowers,
  apparmor: apparmorPowers,
  label: (value) =>
    value === 'disable' ? [power('selinux-unconfined')] : powersOver('selinux', [value]),
  systempaths: () => [power('unmasked')],
  unmask: () => [power('unmasked')],
  'writable-cgroups': () => [power('unmasked')],
};

function optionPowers(option: string): readonly Power[] {
  const [, key = option, value = ''] = /^([^=:]*)[=:](.*)$/s.exec(option) ?? [];
  const known = Object.hasOwn(options, key) ? options[key] : undefined;
  return known?.(value) ?? [power('security-opt', option)];
}

export const securityPowers = (told: readonly string[]): readonly Power[] =>
  told.flatMap(optionPowers);

/** Who is privileged has these anyway. */
const implied: ReadonlySet<PowerKind> = new Set([
  ...(['capability', 'device', 'device-rule', 'seccomp-unconfined', 'seccomp-profile'] as const),
  ...(['seccomp', 'apparmor-unconfined', 'apparmor', 'selinux-unconfined', 'selinux'] as const),
  'unmasked',
]);

const kinds = Object.keys(powerKinds);

/** Each once, in the order of the table. */
export function distinctPowers(powers: readonly Power[]): readonly Power[] {
  const privileged = powers.some(({kind}) => kind === 'privileged');
  const counted = powers.filter(({kind}) => !privileged || !implied.has(kind));
  const byWord = new Map(counted.map((each) => [wordOf(each), each]));
  return [...byWord.values()].sort(
    (one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind),
  );
}
