import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {command} from '../../src/base/command.js';
import type {Mount} from '../../src/engines/facts.js';
import {writeArrived, writeArriving, writeLeftBehind} from '../../src/state/host/left-behind.js';
import {readUsage, withUsage} from '../../src/state/host/usage.js';
import {ShellHost} from '../rig/shell-host.js';

let host: ShellHost;

beforeEach(() => {
  host = new ShellHost();
  mkdirSync(host.at('/bin'), {recursive: true});
  mkdirSync(host.at('/data/deep'), {recursive: true});
  writeFileSync(host.at('/data/a'), 'one');
  writeFileSync(host.at('/data/deep/b'), 'three');
});

afterEach(() => {
  host[Symbol.dispose]();
});

const bind = (source: string): Mount => ({
  kind: 'bind',
  name: '/data',
  source,
  destination: '/data',
  readOnly: false,
});

/** A program of that name which answers as an engine does. */
function engine(name: string, text: string): void {
  writeFileSync(host.at(`/bin/${name}`), `#!/bin/sh\n${text}\n`);
  chmodSync(host.at(`/bin/${name}`), 0o755);
}

/** Without an engine of this machine. */
async function usageOf(...mounts: readonly Mount[]) {
  const asked = withUsage('docker', command('echo', 'the survey'), mounts);
  const [program, ...words] = asked.argv;
  const path = `PATH=${host.at('/bin')}:/usr/bin:/bin`;
  const answer = await host.run({...asked, argv: ['env', path, program, ...words]});
  expect(answer.stderr).toBe('');
  const read = readUsage(answer.stdout, mounts);
  if (!read.ok) throw new Error(read.error);
  expect(read.value.rest).toBe('the survey\n');
  return read.value.usage;
}

const owner = {run: 'r1', container: 'web', lineage: 'abc'};

const leave = (folder: string) => host.run(writeLeftBehind(owner, [folder]));

const changedIn = async (folder: string) => {
  const {landings} = await usageOf(bind(folder));
  return landings[0]?.leftBehind;
};

test('counts the files that lie where a mount would go', async () => {
  const {landings} = await usageOf(bind(host.at('/data')), bind(host.at('/nowhere')));
  expect(landings).toEqual([
    {
      mount: 'bind',
      value: host.at('/data'),
      path: host.at('/data'),
      files: 2,
      bytes: 8,
      linkedOutside: 0,
    },
    {mount: 'bind', value: host.at('/nowhere'), path: host.at('/nowhere'), linkedOutside: 0},
  ]);
});

test('follows symbolic links to the folder', async () => {
  symlinkSync(host.at('/data'), host.at('/link'));
  const {landings} = await usageOf(bind(host.at('/link/new')));
  expect(landings[0]?.path).toBe(host.at('/data/new'));
});

test('finds files that have another name outside of the folder, and no others', async () => {
  linkSync(host.at('/data/a'), host.at('/data/deep/a2'));
  expect((await usageOf(bind(host.at('/data')))).landings[0]?.linkedOutside).toBe(0);
  linkSync(host.at('/data/deep/b'), host.at('/backup'));
  expect((await usageOf(bind(host.at('/data')))).landings[0]?.linkedOutside).toBe(1);
});

test('a folder that was left behind is unchanged until somebody changes it', async () => {
  await leave(host.at('/data'));
  expect(await changedIn(host.at('/data'))).toEqual({...owner, changed: 0, examples: []});
});

describe('folders that a move copies into', () => {
  const arrivingIn = async (folder: string) => {
    const {landings} = await usageOf(bind(folder));
    return landings[0]?.arriving;
  };

  const arrive = async (folder: string) => {
    symlinkSync(folder, host.at('/link'));
    await host.run(writeArriving(owner, [host.at('/link')]));
  };

  /** As somebody who makes a folder or a volume of that name anew. */
  const replace = (folder: string) => {
    mkdirSync(`${folder}-new`);
    rmSync(folder, {recursive: true});
    renameSync(`${folder}-new`, folder);
    writeFileSync(join(folder, 'precious'), '');
  };

  test('are known as long as they are the same folders', async () => {
    await arrive(host.at('/data'));
    writeFileSync(host.at('/data/copied'), '');
    expect(await arrivingIn(host.at('/data'))).toEqual(owner);
    expect(await changedIn(host.at('/data'))).toBeUndefined();
    replace(host.at('/data'));
    expect(await arrivingIn(host.at('/data'))).toBeUndefined();
  });

  test('are left as they are when it does not arrive', async () => {
    await arrive(host.at('/data'));
    writeFileSync(host.at('/data/copied'), '');
    const later = {...owner, run: 'r2'};
    await host.run(writeArrived(later, 'of-another-run'));
    expect(await changedIn(host.at('/data'))).toBeUndefined();
    await host.run(writeArrived(later, owner.run));
    await host.run(writeArrived(later, owner.run));
    expect(await arrivingIn(host.at('/data'))).toBeUndefined();
    expect(await changedIn(host.at('/data'))).toEqual({...later, changed: 0, examples: []});
    writeFileSync(host.at('/data/more'), '');
    expect((await changedIn(host.at('/data')))?.changed).toBeGreaterThan(0);
  });

  test.each([
    ['made anew by somebody', replace],
    [
      'removed',
      (folder: string) => {
        rmSync(folder, {recursive: true});
      },
    ],
  ] as const)('are nobody’s once they were %s', async (_, change) => {
    await arrive(host.at('/data'));
    change(host.at('/data'));
    await host.run(writeArrived(owner));
    mkdirSync(host.at('/data'), {recursive: true});
    writeFileSync(host.at('/data/precious'), '');
    const {landings} = await usageOf(bind(host.at('/data')));
    expect(landings[0]).not.toHaveProperty('leftBehind');
    expect(landings[0]).not.toHaveProperty('arriving');
  });
});

const old = new Date('2020-01-01');

const changes: Readonly<Record<string, (folder: string) => void>> = {
  'content of the same size, with its old time': (folder) => {
    writeFileSync(join(folder, 'a'), 'two');
    utimesSync(join(folder, 'a'), old, old);
  },
  'a file is appended to': (folder) => {
    appendFileSync(join(folder, 'a'), 'more');
  },
  'a file is added': (folder) => {
    writeFileSync(join(folder, 'new'), '');
  },
  'a name with a line break is added': (folder) => {
    writeFileSync(join(folder, 'new\nline'), '');
  },
  'a file is renamed': (folder) => {
    renameSync(join(folder, 'a'), join(folder, 'c'));
  },
  'a mode is changed': (folder) => {
    chmodSync(join(folder, 'a'), 0o600);
  },
  'a backup makes hard links of it': (folder) => {
    linkSync(join(folder, 'deep/b'), `${folder}-backup`);
  },
};

test.each(Object.entries(changes))('%s: said so', async (_, change) => {
  const folder = host.at('/data');
  utimesSync(join(folder, 'a'), old, old);
  await leave(folder);
  change(folder);
  expect((await changedIn(folder))?.changed).toBeGreaterThan(0);
});

test('tells who has which files, of podman, docker and bundles', async () => {
  symlinkSync(host.at('/data'), host.at('/srv'));
  const mounts = JSON.stringify([
    {Type: 'bind', Source: host.at('/srv'), Destination: '/config', RW: true},
    {Type: 'volume', Name: 'v', Source: '/volumes/v', Destination: '/v', RW: false},
    {Type: 'tmpfs', Source: '', Destination: '/tmp'},
  ]);
  engine(
    'docker',
    `case "$1 $2 $4" in
'--version  ') echo 'Docker version 27' ;;
'ps -aq '*) echo c1 ;;
'info '*) echo /data/docker ;;
'container inspect {{range'*) echo '${host.at('/srv')}' ;;
'container inspect '*) printf '%s\\n' '{"Id":"c1","Name":"/web","Running":true,"Mounts":${mounts}}' ;;
*) exit 1 ;;
esac`,
  );
  mkdirSync(host.at('/bundle'));
  mkdirSync(host.at('/var/lib/cm/bundles'), {recursive: true});
  symlinkSync(host.at('/bundle'), host.at('/var/lib/cm/bundles/old'));
  writeFileSync(
    host.at('/bundle/config.json'),
    JSON.stringify({mounts: [{type: 'bind', source: '/srv/old', options: ['rbind', 'ro']}]}),
  );
  const usage = await usageOf();
  expect(usage.engineFolders).toEqual(['/data/docker']);
  expect(usage.tenants.filter(({name}) => name === 'web' || name === 'old')).toEqual([
    {
      engine: 'docker',
      id: 'c1',
      name: 'web',
      running: true,
      mounts: [
        {path: host.at('/data'), readOnly: false},
        {volume: 'v', path: '/volumes/v', readOnly: true},
      ],
    },
    {
      engine: 'bundle',
      id: 'old',
      name: 'old',
      running: false,
      mounts: [
        {path: host.at('/bundle'), readOnly: false},
        {path: '/srv/old', readOnly: true},
      ],
    },
  ]);
});

test('an engine that does not answer, and one whose words look like marks, hide nothing', async () => {
  engine('podman', 'exit 125');
  engine(
    'docker',
    `case "$1 $2" in
'--version ') echo 'Docker version 27' ;;
'ps -aq') echo c1 ;;
'container inspect') printf '%s\\n' '@@cm\tend' 'survey' '@@cm\tlanding\t0' /etc ;;
*) exit 1 ;;
esac`,
  );
  const usage = await usageOf(bind(host.at('/data')));
  expect(usage.landings[0]?.path).toBe(host.at('/data'));
});

test('an answer that is cut off is none', () => {
  expect(readUsage('\n@@cm\ttenants\tdocker\n', []).ok).toBe(false);
});

describe('volumes', () => {
  const named = (name: string): Mount => ({
    ...{kind: 'volume', name, source: `/volumes/${name}`, destination: '/data'},
    readOnly: false,
  });

  /** As podman does, it answers for the first volume whose name begins with the one that was asked for. */
  const withVolumes = (volumes: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => {
    const answers = Object.entries(volumes).map(([name, {Options = {}, ...more}]) => {
      const {device = '', o = ''} = Options as Readonly<Record<string, string>>;
      const facts = {Name: name, Driver: 'local', Options, Labels: null, ...more};
      return `'volume inspect '*) case \${6:-$5} in ${name.slice(0, 3)}*)
case $4 in
*Driver*) printf '%s\\t%s\\n' ${name} '${JSON.stringify(facts)}' ;;
*device*o*) printf '%s\\t%s\\t%s\\n' /volumes/${name} '${device}' '${o}' ;;
*'"o"'*) printf '%s\\t%s\\n' ${name} '${o}' ;;
*device*) printf '%s\\t%s\\n' ${name} '${device}' ;;
*) printf '%s\\t%s\\n' ${name} /volumes/${name} ;;
esac ;; *) exit 1 ;; esac ;;`;
    });
    engine(
      'docker',
      `case "$1 $2 $4" in\n'--version  ') echo 'Docker version 27' ;;\n'ps -aq '*) echo c1 ;;
'volume ls '*) printf '%s\\n' ${Object.keys(volumes).join(' ')} ;;
'container inspect '*) case $4 in *range*) echo /volumes/data ;; *) printf '%s\\n' '{"Id":"c1","Name":"/web","Running":true,"Mounts":[{"Type":"volume","Name":"data","Source":"/volumes/data","RW":true}]}' ;; esac ;;
${answers.join('\n')}\n*) exit 1 ;;\nesac`,
    );
  };

  test('tells driver, options and labels, and what it mounts', async () => {
    const options = {type: 'none', o: 'rw,bind', device: host.at('/data')};
    withVolumes({data: {Options: options, Labels: {a: 'b "c"'}}});
    const {volumes, landings, tenants} = await usageOf(bind('/nowhere'), named('data'));
    expect(volumes).toEqual([
      {
        ...{name: 'data', driver: 'local', options, labels: {a: 'b "c"'}},
        device: {exists: true, empty: false},
      },
    ]);
    // Its files are those of the folder, for whoever compares it with others.
    expect(landings[1]).toMatchObject({value: 'data', path: host.at('/data'), files: 2});
    const {mounts} = tenants.find(({name}) => name === 'web') ?? {};
    expect(mounts).toEqual([{volume: 'data', path: host.at('/data'), readOnly: false}]);
  });

  test('one whose name only begins alike is another one', async () => {
    withVolumes({data1: {}});
    const {volumes, landings} = await usageOf(named('data'));
    expect([volumes, landings]).toEqual([[], []]);
  });

  test.each([
    ['driver', {Driver: '--rm'}],
    ['option', {Options: {type: 7}}],
    ['line', {Options: {type: 'a\nb'}}],
  ])('an odd answer is not passed over, and is of that volume alone: %s', async (_, facts) => {
    withVolumes({data: facts});
    const {volumes, unreadableVolumes} = await usageOf(named('data'));
    expect(volumes).toEqual([]);
    expect(unreadableVolumes?.map(({name}) => name)).toEqual(['data']);
    expect(unreadableVolumes?.[0]?.reason).not.toBe('');
  });
});
