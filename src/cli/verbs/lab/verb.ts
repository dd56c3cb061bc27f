import {
  Argument,
  type Command,
  InvalidArgumentError,
  Option,
  type CommandUnknownOpts,
} from '@commander-js/extra-typings';
import {sampleImages} from '../../../lab/image/sample-images.js';
import {count} from '../../command-line/flags.js';
import {defineGroup, defineVerb, type Verb} from '../../command-line/verb.js';
import type {LabAction, LabOptions} from './actions.js';

const vmFlags = {
  memory: new Option('--memory <MiB>', 'of each virtual machine; default: 2048')
    .argParser(memorySize)
    .implies({vm: true}),
  cpus: new Option('--cpus <n>', 'of each virtual machine; default: 1')
    .argParser(count)
    .implies({vm: true}),
} as const;

function memorySize(text: string): number {
  if (!/^[1-9][0-9]{2,5}$/u.test(text))
    throw new InvalidArgumentError('write a number of MiB, such as 2048');
  return Number(text);
}

type Chosen = (action: LabAction, options: {readonly lab?: string | undefined}) => void;

const withLab = (command: Command) =>
  command.option('--lab <name>', 'name of the lab; default: lab');

type LabCommand = ReturnType<typeof withLab>;

/** Every verb of a lab takes the lab's name. */
const labVerb = (
  name: string,
  summary: string,
  parse: (command: LabCommand, run: Chosen) => CommandUnknownOpts,
): Verb =>
  defineVerb<LabOptions>({
    name,
    summary,
    patient: true,
    raw: true,
    parse: (command, run) =>
      parse(withLab(command), (action, {lab}) => {
        run({...action, ...(lab !== undefined && {lab})});
      }),
    load: async () => (await import('./lab.js')).lab,
  });

const up = labVerb(
  'up',
  'start these hosts; default: those of the lab, or alpha and beta',
  (command, run) =>
    command
      .argument('[host...]')
      .option('--subnet <prefix>', 'network prefix, such as 10.78.0')
      .option('--vm', 'as virtual machines with a kernel that tracks memory, for pre-copy; slow')
      .addOption(vmFlags.memory)
      .addOption(vmFlags.cpus)
      .action((hosts, options) => {
        const {subnet, vm, memory, cpus} = options;
        const size = {...(memory !== undefined && {memory}), ...(cpus !== undefined && {cpus})};
        const more = {...(subnet !== undefined && {subnet}), ...(vm === true && {vm: size})};
        run({what: 'up', hosts, ...more}, options);
      }),
);

const down = labVerb('down', 'remove the lab, or only these hosts', (command, run) =>
  command.argument('[host...]').action((hosts, options) => {
    run({what: 'down', hosts}, options);
  }),
);

const status = labVerb('status', 'show the hosts and their state', (command, run) =>
  command.action((options) => {
    run({what: 'status'}, options);
  }),
);

const demo = labVerb('demo', 'move a redis between hosts while a client uses it', (command, run) =>
  command.option('--down', 'remove the hosts of the demo').action((options) => {
    run({what: 'demo', down: options.down === true}, options);
  }),
);

const reboot = labVerb('reboot', 'power-cycle a host', (command, run) =>
  command.argument('<host>').action((host, options) => {
    run({what: 'reboot', host}, options);
  }),
);

const link = labVerb('link', 'disconnect a host from the network, or connect it', (command, run) =>
  command
    .argument('<host>')
    .addArgument(new Argument('<to>').choices(['up', 'down'] as const))
    .action((host, to, options) => {
      run({what: 'link', host, to}, options);
    }),
);

const load = labVerb('load', "load a sample image into the host's podman", (command, run) =>
  command
    .argument('<host>')
    .addArgument(new Argument('<image>').choices(sampleImages))
    .action((host, image, options) => {
      run({what: 'load', host, image}, options);
    }),
);

/** What follows the host's name is for the host, flags included. */
const shell = (what: 'ssh' | 'exec', summary: string): Verb =>
  labVerb(what, summary, (command, run) =>
    command
      .argument('<host>')
      .argument('[word...]')
      .passThroughOptions()
      .action((host, words, options) => {
        // Commander keeps a `--` that stands after the first word.
        run({what, host, words: words[0] === '--' ? words.slice(1) : words}, options);
      }),
  );

export const lab = defineGroup({
  name: 'lab',
  summary: 'create test hosts on this machine (Linux, root)',
  examples: [
    'sudo cm lab up alpha beta gamma',
    'sudo cm lab exec alpha -- podman ps',
    'sudo cm lab ssh beta',
    'sudo cm lab down',
  ],
  verbs: [
    up,
    down,
    status,
    demo,
    reboot,
    link,
    load,
    shell('ssh', 'open a shell on the host, or run a command, over ssh'),
    shell('exec', 'run a program on the host and return its exit code'),
  ],
});
