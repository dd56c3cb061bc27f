import {afterEach, expect, test} from 'vitest';
import type {Ended} from './cm-run.js';
import {describeLab, expectExit, type Rig} from './rig.js';

type Line = Readonly<Record<string, unknown>>;

interface Fix {
  readonly on: 'host' | 'runner' | 'nowhere';
  readonly host?: string;
  readonly command?: string;
}

const ofType = ({lines}: Ended, type: string): readonly Line[] =>
  lines.filter((line) => line.type === type);

const gapCodes = (ended: Ended): readonly unknown[] =>
  ofType(ended, 'finding')
    .filter(({level}) => level === 'gap')
    .map(({code}) => code);

/** The fix that was printed for what went by this code on a host, or between two. */
function fixOf(ended: Ended, code: string, words = ''): Fix {
  const found = ofType(ended, 'finding').find(
    (line) => line['code'] === code && String(line['message']).includes(words),
  );
  expect(found, `${code} ${words}\n${ended.stdout}`).toBeDefined();
  return found?.['fix'] as Fix;
}

/** `alpha beta` → what can be done, and in a few words why not. */
function verdicts(ended: Ended): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const pairs = ofType(ended, 'pair').map((pair) => {
    const all = pair['strategies'] as Readonly<
      Record<string, {readonly possible: boolean; readonly because?: readonly string[]}>
    >;
    const said = Object.entries(all).map(([strategy, {possible, because = []}]) => [
      strategy,
      possible ? 'yes' : because.join(', '),
    ]);
    return [
      `${String(pair['source'])} ${String(pair['target'])}`,
      Object.fromEntries(said) as Readonly<Record<string, string>>,
    ] as const;
  });
  return Object.fromEntries(pairs);
}

const dead = '20260101-000000-dead';

/** What a runner that died may leave: a lease nobody keeps, files in memory, a one-time key, a gate. */
const plantText = `
mkdir -p /run/cm/leases /run/cm/${dead}/0
printf '%s\\n' '{"run":"${dead}","name":"app","owner":"me@old","plan":"fit","since":"2026-01-01T00:00:00Z"}' >/run/cm/leases/app
touch -d '-5 minutes' /run/cm/leases/app
printf '%s\\n' 'restrict,expiry-time="20260101000000Z",command="sh /run/cm/${dead}/0/t/receive" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJvZ3VzYm9ndXNib2d1c2JvZ3VzYm9ndXNib2d1c2JvZ3Vz cm:${dead}:0:1767225600' >>/root/.ssh/authorized_keys
nft add table netdev cm_0123456789ab`;

describeLab('cm doctor', {lab: 'doctor', images: ['busybox']}, (rig: Rig) => {
  const doctor = (...words: readonly string[]): Promise<Ended> =>
    rig.begin(['doctor', ...words]).ended;
  const containers = 'containers:\n  app: {on: beta, strategy: [stateful, cold]}\n';
  const memory = async (): Promise<boolean> => {
    const said = await rig.shell('alpha', 'criu check --feature mem_dirty_track 2>&1 || :');
    return !said.includes('OFF');
  };

  afterEach(async () => {
    await rig.clear();
  });

  test('a healthy pair: what the plan asks for is possible, and pre-copy as far as the kernel lets it', async () => {
    await rig.shell(
      'alpha',
      'podman run --detach --name app "$1" >/dev/null',
      'localhost/cm-lab/busybox:1',
    );
    const plan = await rig.plan('fit', containers);
    const tracks = await memory();
    const events = await rig.events();
    const found = await doctor(plan, '--json');
    expectExit(found, 0);
    const rounds = (host: string): string => (tracks ? 'yes' : `no soft-dirty on ${host}`);
    expect(verdicts(found)).toEqual({
      'alpha beta': {cold: 'yes', stateful: 'yes', 'pre-copy': rounds('alpha')},
      'beta alpha': {cold: 'yes', stateful: 'yes', 'pre-copy': rounds('beta')},
    });
    expect(ofType(found, 'pair')).toMatchObject([
      {source: 'alpha', engine: 'podman', way: 'direct', asked: ['cold', 'stateful']},
      {source: 'beta', engine: 'podman', way: 'direct', asked: []},
    ]);
    expect(gapCodes(found)).toEqual([]);
    for (const line of ofType(found, 'host')) {
      expect(line).toMatchObject({reached: true, user: 'root'});
      expect(Math.abs(Number(line['clockMs']))).toBeLessThan(30_000);
    }
    // it has only looked
    expect(await rig.events()).toBe(events);
    expect(await rig.leftovers()).toEqual([]);
    const text = await doctor(plan);
    expect(text.stdout).toContain('everything that the plan asks for is possible');
    if (tracks) return;
    expect(text.stdout).toContain('no command: needs a kernel with CONFIG_MEM_SOFT_DIRTY');
    // a plan that asks for rounds cannot have them
    const ahead = await rig.plan('ahead', 'containers:\n  app: {on: beta, strategy: pre-copy}\n');
    expectExit(await doctor(ahead), 14);
  });

  test('what is broken is named with what puts it right, and that does put it right', async () => {
    const plan = await rig.plan('fit', containers);
    await rig.shell(
      'beta',
      'mv /usr/bin/rsync /usr/bin/rsync.away; chmod a-x "$(command -v criu)"',
    );
    await rig.shell('beta', 'mount -o remount,size=70M /run; head -c 20M /dev/zero >/run/full');
    await rig.shell('beta', plantText);
    const ill = await doctor(plan, '--json');
    expectExit(ill, 14);
    expect(gapCodes(ill)).toEqual(['program-missing', 'criu-missing', 'scratch-too-small']);
    expect(verdicts(ill)).toMatchObject({
      'alpha beta': {
        cold: 'no rsync on beta',
        stateful: 'no rsync on beta, no CRIU on beta, /run too small on beta',
      },
    });
    expect(fixOf(ill, 'program-missing', 'rsync')).toEqual({
      ...{on: 'host', host: 'beta', command: 'apt-get install -y rsync'},
    });
    // there is no archive of packages to reach from a lab, so this one is carried out by hand
    await rig.shell('beta', 'mv /usr/bin/rsync.away /usr/bin/rsync');
    for (const code of [
      'criu-missing',
      'scratch-too-small',
      'folder-left',
      'key-left',
      'gate-left',
    ]) {
      const {on, host = '', command = ''} = fixOf(ill, code);
      expect({code, on}).toEqual({code, on: 'host'});
      await rig.shell(host, command);
    }
    const unlock = fixOf(ill, 'lease-expired');
    expect(unlock).toEqual({on: 'runner', command: `cm unlock ${plan} --only app`});
    expectExit(await rig.begin((unlock.command ?? '').split(' ').slice(1)).ended, 0);
    const well = await doctor(plan, '--json');
    expectExit(well, 0);
    expect(gapCodes(well)).toEqual([]);
    const left = ofType(well, 'finding').filter(({code}) => /-left$|^lease-/.test(String(code)));
    expect(left).toEqual([]);
    await rig.shell('beta', 'rm /run/full');
  });

  test('a source that cannot reach its target: found by trying, before anything is moved', async () => {
    const plan = await rig.plan('fit', containers);
    await rig.shell(
      'beta',
      `nft add table inet away
nft 'add chain inet away in { type filter hook input priority 0; }'
nft add rule inet away in ip saddr "$1" tcp dport 22 reject`,
      rig.ip(1),
    );
    const blocked = await doctor(plan, '--json');
    expectExit(blocked, 14);
    expect(verdicts(blocked)).toMatchObject({
      'alpha beta': {cold: 'no ssh between them', stateful: 'no ssh between them'},
      'beta alpha': {cold: 'yes', stateful: 'yes'},
    });
    expect(fixOf(blocked, 'way-blocked', 'Connection refused').on).toBe('nowhere');
    // through the runner it needs no way of its own
    const relayed = await rig.plan('relayed', `transfer: relay\n${containers}`);
    const through = await doctor(relayed, '--json');
    expectExit(through, 0);
    expect(ofType(through, 'pair')[0]).toMatchObject({way: 'relay'});
    await rig.shell('beta', 'nft delete table inet away');
    expectExit(await doctor(plan), 0);
  });

  test('leases of a run that works are no leftovers, and what an unfinished move needs is not thrown away', async () => {
    const plan = await rig.plan('fit', containers);
    await rig.shell('beta', plantText);
    await rig.shell('beta', 'touch /run/cm/leases/app');
    const atWork = await doctor(plan, '--json');
    expectExit(atWork, 0);
    const codes = ofType(atWork, 'finding').map(({code}) => code);
    expect(codes).toContain('lease-in-use');
    expect(codes.filter((code) => String(code).endsWith('-left'))).toEqual([]);
    await rig.shell('beta', 'touch -d "-5 minutes" /run/cm/leases/app');
    await rig.shell(
      'beta',
      'mkdir -p /var/lib/cm/moves; printf "%s\\n" "$1" >/var/lib/cm/moves/app.json',
      JSON.stringify({
        ...{
          format: 1,
          container: 'app',
          id: '0123456789ab'.padEnd(64, '0'),
          run: dead,
          plan: 'fit',
        },
        ...{from: 'alpha', to: 'beta', strategy: 'stateful', phase: 'arriving'},
        ...{restartPolicy: 'no', at: '2026-01-01T00:00:00.000Z'},
      }),
    );
    const unfinished = await doctor(plan, '--json');
    expectExit(unfinished, 0);
    expect(fixOf(unfinished, 'move-unfinished').command).toBe(`cm apply ${plan} --only app`);
    const kinds = ofType(unfinished, 'finding').map(({code}) => code);
    expect(kinds).not.toContain('folder-left');
    expect(kinds).not.toContain('gate-left');
    await rig.shell(
      'beta',
      `rm -rf /run/cm/${dead} /run/cm/leases/app /var/lib/cm/moves/app.json; nft delete table netdev cm_0123456789ab; sed -i "/ cm:/d" /root/.ssh/authorized_keys`,
    );
  });
});
