import {type Pick, flags} from '../../command-line/flags.js';
import {Argument, type CommandUnknownOpts} from '@commander-js/extra-typings';
import {verb} from '../../command-line/examples.js';

export function addDoctor(program: CommandUnknownOpts, pick: Pick): void {
  const words = new Argument(
    '[host...]',
    'hosts of the plan, addresses ([user@]host[:port], an ssh_config alias, local), or plan files; default: the hosts of plans/, or else this machine',
  );
  const command = verb('doctor', 'whether hosts are fit for moves, and what would make them so')
    .addArgument(words)
    .addOption(flags.file)
    .addOption(flags.pairs)
    .action((given, options) => {
      pick({
        verb: 'doctor',
        words: given,
        files: options.file,
        pairs: options.pairs === true,
      });
    });
  program.addCommand(command);
}
