import {Argument} from '@commander-js/extra-typings';
import {files} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {CompletionOptions, NamesOptions} from './completion.js';

export const completion = defineVerb<CompletionOptions>({
  name: 'completion',
  summary: 'print the completion script for a shell',
  examples: [
    'source <(cm completion bash)            # in ~/.bashrc',
    'cm completion zsh > "${fpath[1]}/_cm"',
    'cm completion fish > ~/.config/fish/completions/cm.fish',
  ],
  raw: true,
  parse: (command, run) =>
    command
      .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish'] as const))
      .action((shell) => {
        run({shell});
      }),
  load: async () => (await import('./completion.js')).completion,
});

/** Asked by the completion scripts. */
export const names = defineVerb<NamesOptions>({
  name: '__names',
  summary: 'the containers of plans',
  hidden: true,
  raw: true,
  parse: (command, run) =>
    command.addArgument(files()).action((given) => {
      run({files: given});
    }),
  load: async () => (await import('./completion.js')).names,
});

/** Asked by the completion scripts. */
export const runs = defineVerb<object>({
  name: '__runs',
  summary: 'the runs on this machine',
  hidden: true,
  raw: true,
  parse: (command, run) =>
    command.action(() => {
      run({});
    }),
  load: async () => (await import('./completion.js')).runs,
});
