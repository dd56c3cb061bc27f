#!/usr/bin/env node
import {setMaxListeners} from 'node:events';
import manifest from '../package.json' with {type: 'json'};

/** EX_SOFTWARE of sysexits.h. */
const bug = 70;
const interrupted = 130;
const terminated = 143;

let leaving = false;

/** Waits for what has been written, and for nothing else: no connection may keep a finished run alive. */
function exit(code: number): void {
  if (leaving) return;
  leaving = true;
  process.stderr.write('', () => {
    process.stdout.write('', () => {
      process.exit(code);
    });
  });
}

function confess(error: unknown): void {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const where = `cm ${manifest.version}, node ${process.versions.node}, ${process.platform}`;
  process.stderr.write(`this is a bug in cm (${where}); what it did may be half done\n${told}\n`);
  exit(bug);
}

/** A reader that went away (`cm graph | head`) must not end a run that moves containers. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
}

/** The first signal asks to stop, the second to leave, and the third is obeyed here. */
function listen() {
  const stop = new AbortController();
  const leave = new AbortController();
  // Each host and each lane of a run listens to them; Node warns of more than ten as of a leak.
  setMaxListeners(0, stop.signal, leave.signal);
  let code = interrupted;
  const hear = (signal: NodeJS.Signals): void => {
    if (!stop.signal.aborted) {
      code = signal === 'SIGINT' ? interrupted : terminated;
      stop.abort(code);
    } else if (!leave.signal.aborted) leave.abort();
    else process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear);
  return {stop: stop.signal, leave: leave.signal};
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function start(): Promise<void> {
  outliveReaders();
  const signals = listen();
  process.on('uncaughtException', confess);
  process.on('unhandledRejection', confess);
  const {runCli} = await import('./cli/command-line/cli.js');
  const {verbs} = await import('./cli/verbs/registry.js');
  const {listeners} = await import('./cli/listeners/registry.js');
  const code = await runCli(
    {
      cm: manifest.version,
      argv: process.argv.slice(2),
      env: process.env,
      cwd: process.cwd(),
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      platform: process.platform,
      uid: process.getuid?.(),
      pid: process.pid,
      hasProcess,
      node: process.versions.node,
      program: {node: process.execPath, script: process.argv[1] ?? ''},
      stop: signals.stop,
      leave: signals.leave,
    },
    {verbs, listeners},
  );
  exit(code);
}

const [first] = process.argv.slice(2);
// Answered before anything is loaded.
if (first === '--version' || first === '-V') process.stdout.write(`${manifest.version}\n`);
else start().catch(confess);
