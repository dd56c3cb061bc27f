import {
  Argument,
  InvalidArgumentError,
  Option,
  type CommandUnknownOpts,
} from '@commander-js/extra-typings';
import {sampleImages} from '../../../lab/image/sample-images.js';
import {sub, verb} from '../../command-line/examples.js';
import {count} from '../../command-line/flags.js';
import type {Invocation, LabAction} from '../../command-line/invocation.js';

const labOption = new Option('--lab <name>', 'which lab; default: lab');

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

const labSub = (name: string, description: string) => sub(name, description).addOption(labOption);

/** `cm lab …`: every lab verb takes the lab's name, and most a host of it. */
export function addLab(program: CommandUnknownOpts, pick: (invocation: Invocation) => void): void {
  const chosen: Chosen = (action, {lab}) => {
    pick({verb: 'lab', ...action, ...(lab !== undefined && {lab})});
  };
  const lab = verb(
    'lab',
    'hosts on this machine to try migration with (Linux, root)',
  ).enablePositionalOptions();
  const up = labSub('up', 'make these hosts run; default: those it has, or alpha and beta')
    .argument('[host...]')
    .option('--subnet <prefix>', 'first three numbers of its network, as in 10.78.0')
    .option('--vm', 'as virtual machines with a kernel that tracks memory, for pre-copy; slow')
    .addOption(vmFlags.memory)
    .addOption(vmFlags.cpus)
    .action((hosts, options) => {
      const {subnet, vm, memory, cpus} = options;
      const size = {...(memory !== undefined && {memory}), ...(cpus !== undefined && {cpus})};
      const more = {...(subnet !== undefined && {subnet}), ...(vm === true && {vm: size})};
      chosen({what: 'up', hosts, ...more}, options);
    });
  const down = labSub('down', 'remove the lab, or only these hosts of it')
    .argument('[host...]')
    .action((hosts, options) => {
      chosen({what: 'down', hosts}, options);
    });
  const status = labSub('status', 'the hosts as they are now').action((options) => {
    chosen({what: 'status'}, options);
  });
  const demo = labSub('demo', 'move a redis from host to host under the eyes of a client')
    .option('--down', 'remove the hosts of the demo')
    .action((options) => {
      chosen({what: 'demo', down: options.down === true}, options);
    });
  for (const command of [up, down, status, demo]) lab.addCommand(command);
  addHostVerbs(lab, chosen);
  addShells(lab, chosen);
  program.addCommand(lab);
}

type Chosen = (action: LabAction, options: {lab?: string | undefined}) => void;

/** What is done to one host. */
function addHostVerbs(lab: CommandUnknownOpts, chosen: Chosen): void {
  const reboot = labSub('reboot', 'as if the power had failed and come back')
    .argument('<host>')
    .action((name, options) => {
      chosen({what: 'reboot', host: name}, options);
    });
  const link = labSub('link', "pull the host's cable out, or put it back")
    .argument('<host>')
    .addArgument(new Argument('<to>').choices(['up', 'down']))
    .action((name, to, options) => {
      chosen({what: 'link', host: name, to}, options);
    });
  const load = labSub('load', "give the host's podman a sample image")
    .argument('<host>')
    .addArgument(new Argument('<image>').choices(sampleImages))
    .action((name, image, options) => {
      chosen({what: 'load', host: name, image}, options);
    });
  for (const command of [reboot, link, load]) lab.addCommand(command);
}

/** What follows the host's name is for the host, flags included. */
function addShells(lab: CommandUnknownOpts, chosen: Chosen): void {
  const shells = [
    ['ssh', 'a shell on the host, or a command in it, over ssh'],
    ['exec', 'run a program on the host and end with its exit code'],
  ] as const;
  for (const [what, description] of shells)
    lab.addCommand(
      labSub(what, description)
        .argument('<host>')
        .argument('[word...]')
        .passThroughOptions()
        .action((host, words, options) => {
          // Commander keeps a `--` that stands after the first word.
          chosen({what, host, words: words[0] === '--' ? words.slice(1) : words}, options);
        }),
    );
}
