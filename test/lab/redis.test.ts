import {createServer, type Server, type Socket} from 'node:net';
import {afterEach, expect, test} from 'vitest';
import {RedisConnection} from '../../src/lab/demo/redis.js';
import {CountingClient, type Counted} from '../../src/lab/demo/redis-client.js';
import {limit, until} from '../rig/limits.js';

let server: Server | undefined;

afterEach(() => {
  server?.close();
});

/** A redis that says what the test wants, to each thing that is sent. */
async function serve(answer: (socket: Socket, asked: number) => void): Promise<number> {
  let asked = 0;
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const commands = data.toString().match(/^\*\d/gm) ?? [];
      for (let left = commands.length; left > 0; left--) answer(socket, ++asked);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function open(port: number): Promise<RedisConnection> {
  const opened = await RedisConnection.open('127.0.0.1', port);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

test('replies are understood however the network cuts them', async () => {
  const text = '+OK\r\n:42\r\n$5\r\na\r\nbc\r\n$-1\r\n-ERR no\r\n*2\r\n';
  for (const size of [1, 3, text.length]) {
    const port = await serve((socket, asked) => {
      if (asked < 6) return;
      for (let at = 0; at < text.length; at += size) socket.write(text.slice(at, at + size));
    });
    const redis = await open(port);
    const answers = await Promise.all(Array.from({length: 6}, () => redis.ask('PING')));
    expect(answers.map((each) => (each.ok ? each.value : each.error.message))).toEqual([
      ...['OK', 42, 'a\r\nbc', undefined, 'redis says: ERR no'],
      'redis answers something else: "*2"',
    ]);
    redis.close();
    server?.close();
  }
});

test('nobody there is a problem, not a wait', async () => {
  const port = await serve(() => undefined);
  server?.close();
  const opened = await RedisConnection.open('127.0.0.1', port);
  expect(opened.ok).toBe(false);
});

/** Counts against it until that is enough. */
async function count(
  answer: (socket: Socket, asked: number) => void,
  enough: (counted: Counted) => boolean,
): Promise<ReturnType<CountingClient['stop']>> {
  const port = await serve((socket, asked) => {
    if (asked === 1) socket.write(':0\r\n');
    else answer(socket, asked - 1);
  });
  const client = await CountingClient.start('127.0.0.1', 'count', port);
  if (!client.ok) throw new Error(client.error.message);
  const {value} = client;
  await until(() => enough(value.counted));
  return value.stop(limit(0.1));
}

test('a pause is the longest gap, and nothing is lost by it', async () => {
  let silent = false;
  const held: string[] = [];
  const counted = await count(
    (socket, asked) => {
      if (asked === 20) {
        silent = true;
        setTimeout(() => {
          silent = false;
          socket.write(held.join(''));
        }, 150);
      }
      if (silent) held.push(`:${asked}\r\n`);
      else socket.write(`:${asked}\r\n`);
    },
    ({replies}) => replies >= 25,
  );
  expect(counted.wrong).toBe(0);
  expect(counted.replies).toBe(counted.asked);
  expect(counted.last).toBe(counted.asked);
  expect(counted.failure).toBeUndefined();
  expect(counted.longestGapMs).toBeGreaterThan(140);
});

test('a repeated number is a wrong reply', async () => {
  const counted = await count(
    (socket, asked) => socket.write(`:${asked < 5 ? asked : asked - 1}\r\n`),
    ({replies}) => replies >= 6,
  );
  expect(counted.wrong).toBe(1);
});

test('silence at the end is a gap and a loss', async () => {
  const counted = await count(
    (socket, asked) => {
      if (asked < 5) socket.write(`:${asked}\r\n`);
    },
    ({replies, asked}) => replies >= 4 && asked > 4,
  );
  expect(counted.replies).toBe(4);
  expect(counted.asked).toBeGreaterThan(4);
  expect(counted.longestGapMs).toBeGreaterThan(150);
});

test('a connection that ends is a failure, and is not opened again', async () => {
  const counted = await count(
    (socket, asked) => {
      if (asked < 5) socket.write(`:${asked}\r\n`);
      else socket.destroy();
    },
    ({failure}) => failure !== undefined,
  );
  expect(counted.failure).toBe('redis closed the connection');
});
