import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {caveats} from '../../src/lab/caveats.js';
import {type Lab, readLab, withHosts, writeLab} from '../../src/lab/lab-state.js';
import {findMirror} from '../../src/lab/image/mirror.js';
import {checkName, hostNames, labNames} from '../../src/lab/names.js';
import {checkMachine, checkSpace, labPlace} from '../../src/lab/place.js';
import {recipe, recipeHash} from '../../src/lab/image/recipe.js';
import {hostsBlock, sshConfigText} from '../../src/lab/host/ssh-files.js';
import {chooseSubnet, engineRange, maxHosts, subnetOf} from '../../src/lab/host/subnet.js';
import {checkVm} from '../../src/lab/image/vm-build.js';
import {qemuArgv} from '../../src/lab/host/vm-qemu.js';
import {vmRecipe, vmRecipeHash} from '../../src/lab/image/vm-recipe.js';

const lab: Lab = {
  name: 'lab',
  subnet: '10.78.3',
  root: 'x',
  hosts: [
    {name: 'alpha', index: 1},
    {name: 'beta', index: 2},
  ],
  folder: '/state/cm/lab/lab',
};

describe('names', () => {
  const long = 'a'.repeat(31);

  test('of interfaces fit into 15 characters, however long the lab and host names are', () => {
    for (const name of ['lab', long]) {
      for (const ifname of [labNames(name).bridge, hostNames(name, long).veth]) {
        expect(ifname.length).toBeLessThanOrEqual(15);
      }
    }
  });

  test("no lab's prefix begins another's", () => {
    expect(hostNames('a-b', 'c').netns.startsWith(labNames('a').prefix)).toBe(false);
    expect(labNames('a').vethPrefix).not.toBe(labNames('a-b').vethPrefix);
  });

  test('hosts of the same name in two labs share nothing', () => {
    const [a, b] = [hostNames('a', 'alpha'), hostNames('b', 'alpha')];
    for (const key of ['veth', 'netns', 'cgroup', 'mac', 'machineId'] as const) {
      expect(a[key]).not.toBe(b[key]);
    }
    expect(a.mac).toMatch(/^02(:[0-9a-f]{2}){5}$/);
  });

  test.each(['', 'Alpha', '1a', 'a.b', 'a/b', '-a', 'a-', 'a'.repeat(32)])(
    '"%s" is refused',
    (name) => {
      expect(checkName('host', name)).toMatchObject({ok: false, error: {code: 'bad-name'}});
    },
  );
});

describe('subnets', () => {
  test('the first free one is taken when none is wanted', () => {
    expect(chooseSubnet(undefined, new Set())).toEqual({ok: true, value: '10.78.0'});
    expect(chooseSubnet(undefined, new Set(['10.78.0', '10.78.1']))).toEqual({
      ok: true,
      value: '10.78.2',
    });
  });

  test('a wanted one that is used or no subnet is refused', () => {
    expect(chooseSubnet('10.1.1', new Set(['10.1.1']))).toMatchObject({
      error: {code: 'subnet-taken'},
    });
    for (const bad of ['10.1', '10.1.1.0/24', '10.1.256', 'x']) {
      expect(chooseSubnet(bad, new Set())).toMatchObject({error: {code: 'bad-subnet'}});
    }
  });

  test('are read from addresses and routes', () => {
    expect(subnetOf('10.78.4.254')).toBe('10.78.4');
    expect(subnetOf('10.78.4.0/24')).toBe('10.78.4');
    expect(subnetOf('default')).toBeUndefined();
    expect(subnetOf('fe80::1')).toBeUndefined();
  });

  test("hosts' ranges for engines end before the machine's address", () => {
    expect(engineRange('10.78.0', 1)).toBe('10.78.0.64/28');
    expect(engineRange('10.78.0', maxHosts)).toBe('10.78.0.224/28');
  });
});

test('a host that comes later gets the lowest free address, and the others keep theirs', () => {
  const left = {...lab, hosts: lab.hosts.slice(1)};
  expect(withHosts(left, ['gamma', 'beta', 'delta']).hosts).toEqual([
    {name: 'beta', index: 2},
    {name: 'gamma', index: 1},
    {name: 'delta', index: 3},
  ]);
});

test('the recipe names its cache folder', () => {
  expect(recipeHash(recipe)).toMatch(/^[0-9a-f]{16}$/);
  expect(recipeHash({...recipe, packages: []})).not.toBe(recipeHash(recipe));
  expect(recipeHash({...recipe, script: ''})).not.toBe(recipeHash(recipe));
});

describe('virtual machines', () => {
  const vm = {cpus: 2, memory: 1024, base: 'y'};
  const host = {name: 'beta', index: 2};

  test('have a cache folder named after their recipe and the root filesystem beneath', () => {
    expect(vmRecipeHash(vmRecipe)).toMatch(/^[0-9a-f]{16}$/);
    for (const other of [
      vmRecipeHash({...vmRecipe, packages: []}),
      vmRecipeHash({...vmRecipe, script: ''}),
      vmRecipeHash(vmRecipe, 'another root'),
    ]) {
      expect(other).not.toBe(vmRecipeHash(vmRecipe));
    }
  });

  test('are started with their size, their cable and their name, and without KVM', () => {
    const argv = qemuArgv({...lab, vm}, host, vm);
    const after = (flag: string): string | undefined => argv[argv.indexOf(flag) + 1];
    expect([after('-smp'), after('-m')]).toEqual(['2', '1024']);
    expect(after('-append')).toContain('cm_name=beta');
    expect(after('-append')).toContain('cm_address=10.78.3.2 cm_gateway=10.78.3.254');
    const {veth, mac} = hostNames('lab', 'beta');
    expect(after('-netdev')).toContain(`ifname=${veth},script=no`);
    expect(argv.join(' ')).toContain(`netdev=net,mac=${mac}`);
    expect(argv.join(' ')).not.toContain('kvm');
    // A path of the machine may hold what QEMU takes apart.
    expect(argv.filter((word) => word.includes(lab.folder))).toEqual([]);
  });

  test('are refused where there is no way to run them', async () => {
    expect(await checkVm('arm64')).toMatchObject({error: {code: 'lab-vm-needs-x64'}});
    expect(await checkVm('x64', '/nowhere')).toMatchObject({error: {code: 'lab-vm-needs-tun'}});
    expect(await checkVm('x64', '/dev/null')).toMatchObject({ok: true});
  });

  test('are kept in the state file, and one from before there were any is read', async () => {
    const stateRoot = await mkdtemp(join(tmpdir(), 'cm-lab-pure-'));
    const place = {...{platform: 'linux', uid: 0, stateRoot}, cacheRoot: '/c', lockFile: '/l'};
    const folder = join(stateRoot, 'lab');
    const read = async (text: string): Promise<Lab | undefined> => {
      await writeFile(join(folder, 'lab.json'), text);
      return readLab(place, 'lab');
    };
    await writeLab({...lab, folder, vm});
    expect(await readLab(place, 'lab')).toEqual({...lab, folder, vm});
    const {name, subnet, root, hosts} = lab;
    const old = {name, subnet, root, hosts};
    expect(await read(JSON.stringify(old))).toEqual({...old, folder});
    expect(await read(JSON.stringify({...old, vm: {cpus: 1}}))).toBeUndefined();
    expect(await read('{"name":')).toBeUndefined();
    await rm(stateRoot, {recursive: true});
  });
});

test("the machine's own Debian mirror is found in both formats of apt sources", () => {
  expect(
    findMirror(['# x\nTypes: deb\nURIs: https://a.example/security https://a.example/debian\n']),
  ).toBe('https://a.example/debian');
  expect(
    findMirror(['deb [signed-by=/k.gpg arch=amd64] http://b.example/debian/ trixie main']),
  ).toBe('http://b.example/debian/');
  expect(findMirror(['deb http://archive.example/ubuntu noble main'])).toBeUndefined();
});

test('what a plan and ssh are told', () => {
  expect(hostsBlock(lab)).toBe(
    [
      'hosts:',
      '  alpha: {address: root@10.78.3.1, ssh: {config: /state/cm/lab/lab/ssh_config}}',
      '  beta: {address: root@10.78.3.2, ssh: {config: /state/cm/lab/lab/ssh_config}}',
      '',
    ].join('\n'),
  );
  expect(hostsBlock({...lab, folder: '/a b'})).toContain('{config: "/a b/ssh_config"}');
  expect(sshConfigText(lab)).toContain('StrictHostKeyChecking yes');
});

describe('the machine', () => {
  const machine = {platform: 'linux', uid: 0, env: {HOME: '/h'}};
  const place = (changes: object): ReturnType<typeof labPlace> =>
    labPlace({...machine, ...changes});
  const checked = (changes: object): unknown => {
    const at = place(changes);
    return at.ok ? checkMachine(at.value) : at;
  };

  test('says in one sentence why it cannot hold a lab', () => {
    expect(checked({})).toMatchObject({ok: true});
    expect(checked({platform: 'darwin'})).toMatchObject({error: {code: 'lab-needs-linux'}});
    expect(checked({uid: 1000})).toMatchObject({error: {code: 'lab-needs-root'}});
    expect(checked({env: {}})).toMatchObject({error: {code: 'no-home'}});
  });

  test('keeps labs where the XDG base directories are', () => {
    expect(place({})).toMatchObject({
      value: {stateRoot: '/h/.local/state/cm/lab', cacheRoot: '/h/.cache/cm/lab'},
    });
    expect(
      place({env: {HOME: '/h', XDG_STATE_HOME: '/s', XDG_CACHE_HOME: 'relative'}}),
    ).toMatchObject({
      value: {stateRoot: '/s/cm/lab', cacheRoot: '/h/.cache/cm/lab'},
    });
  });

  test('a full disk is said before anything is built', async () => {
    expect(await checkSpace('/nowhere/at/all', 2 ** 60)).toMatchObject({error: {code: 'no-space'}});
    expect(await checkSpace('/nowhere/at/all', 1)).toMatchObject({ok: true});
  });

  test('a missing capability is named', () => {
    expect(caveats('CapBnd:\t000001fffeffffff\n')).toHaveLength(1);
    expect(caveats('CapBnd:\t000001ffffffffff\n')).toEqual([]);
  });
});
