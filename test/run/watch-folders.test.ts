import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {watchFolders, type Subscription} from '../../src/run/watch/folders.js';
import {limit} from '../rig/limits.js';

let root = '';
let folder = '';
let changes = 0;
let subscription: Subscription | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'watched-'));
  folder = join(root, 'repository', 'plans');
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, 'a.yaml'), 'one');
  changes = 0;
});

afterEach(async () => {
  await subscription?.close();
  rmSync(root, {recursive: true, force: true});
});

const listen = async (path = folder): Promise<void> => {
  subscription = await watchFolders([path], () => (changes += 1));
};

/** Does it, and sees that it is told of. */
async function tells(act: () => void): Promise<void> {
  const before = changes;
  act();
  await vi.waitFor(() => {
    expect(changes).toBeGreaterThan(before);
  }, limit(5));
}

const write = (text: string) => (): void => {
  writeFileSync(join(folder, 'a.yaml'), text);
};

/** The file replaced by another one, as editors and git save. */
const rename = (text: string) => (): void => {
  writeFileSync(join(root, 'new'), text);
  renameSync(join(root, 'new'), join(folder, 'a.yaml'));
};

test('a file that is replaced by renaming, again and again', async () => {
  await listen();
  for (const text of ['two', 'three', 'four']) await tells(rename(text));
  await tells(write('five'));
});

test('a folder that is replaced at once, as by a swap of two folders', async () => {
  await listen();
  for (const text of ['two', 'three']) {
    await tells(() => {
      const other = join(root, 'other');
      mkdirSync(other);
      writeFileSync(join(other, 'a.yaml'), text);
      renameSync(folder, join(root, `old-${text}`));
      renameSync(other, folder);
    });
    await tells(write(`${text} again`));
  }
});

test('a folder that is removed and made again', async () => {
  await listen();
  for (const text of ['two', 'three']) {
    await tells(() => {
      rmSync(folder, {recursive: true});
    });
    await tells(() => {
      mkdirSync(folder);
    });
    await tells(write(text));
  }
});

test('a checkout that takes the whole tree away and back', async () => {
  await listen();
  const repository = join(root, 'repository');
  await tells(() => {
    rmSync(repository, {recursive: true});
  });
  expect(existsSync(folder)).toBe(false);
  await tells(() => {
    mkdirSync(folder, {recursive: true});
  });
  await tells(write('two'));
  await tells(rename('three'));
});

test('a folder that is not there yet', async () => {
  rmSync(folder, {recursive: true});
  await listen();
  await tells(() => {
    mkdirSync(folder);
  });
  await tells(write('two'));
});

test('a link that is swapped, and the folder behind it', async () => {
  const link = join(root, 'current');
  symlinkSync(folder, link);
  await listen(link);
  await tells(write('two'));
  const second = join(root, 'second');
  mkdirSync(second);
  await tells(() => {
    symlinkSync(second, join(root, 'next'));
    renameSync(join(root, 'next'), link);
  });
  await tells(() => {
    writeFileSync(join(second, 'a.yaml'), 'three');
  });
});

test('what stands beside it is not told, and nothing is after the end', async () => {
  await listen();
  writeFileSync(join(root, 'repository', 'beside'), 'text');
  await tells(write('two'));
  await subscription?.close();
  const last = changes;
  write('three')();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(changes).toBe(last);
});
