import {Command} from '@commander-js/extra-typings';
import {addGlobals} from './flags.js';

const examples = {
  validate: [
    'cm validate plans/                      # every *.yaml and *.yml in a folder',
    'cat plan.yaml | cm validate -',
    'cm validate --json plan.yaml            # one JSON object a line, for tools',
  ],
  plan: [
    'cm plan evacuate.yaml',
    'cm plan evacuate.yaml --explain         # why each step is there, and why others are not',
    'cm plan evacuate.yaml --out moves.json  # then: cm apply moves.json',
    'cm plan plans/ --detailed-exitcode      # exit 2 when there is something to do',
  ],
  apply: [
    'cm apply evacuate.yaml                  # shows the plan and asks',
    'cm apply evacuate.yaml --yes            # for scripts and CI',
    'cm apply moves.json                     # exactly the plan that was saved, or nothing',
    'cm apply plans/ --only redis --lock-wait 5m',
  ],
  watch: [
    'cm watch plans/                         # until Ctrl-C',
    'cm watch plans/ --interval 30s --view lines',
  ],
  status: [
    'cm status plans/',
    'cm status plans/ --detailed-exitcode   # exit 2 when something has drifted',
  ],
  graph: [
    'cm graph evacuate.yaml',
    'cm graph evacuate.yaml --format mermaid # for a pull request',
    'cm graph evacuate.yaml --format dot | dot -Tsvg > steps.svg',
  ],
  resume: [
    'cm resume plans/                        # finishes or undoes what was interrupted, and no more',
    'cm resume plans/ --only redis --yes',
  ],
  rollback: [
    'cm rollback 20260102-030405-ab12        # what that run moved goes back to where it was',
    'cm rollback 20260102-030405-ab12 evacuate.yaml --only redis',
  ],
  checkpoint: [
    'cm checkpoint create redis plans/       # it goes on after some tenths of a second',
    'cm checkpoint create redis --note "before the upgrade" --yes',
    'cm checkpoint ls plans/',
    'cm checkpoint ls redis evacuate.yaml    # of this container only',
    'cm checkpoint inspect 20260102T03 plans/',
    'cm checkpoint rm 20260102T030405Z-1a2b3c plans/ --yes',
    'cm checkpoint prune plans/ --yes        # what the plans say under checkpoints:',
  ],
  restore: [
    'cm restore redis@latest plans/          # in place of what it is now, of which one is kept first',
    'cm restore 20260102T030405Z-ab12cd plans/ --on beta',
    'cm restore redis@latest plans/ --as redis-look   # another one, beside the first',
  ],
  history: ['cm history', 'cm history 20260102-030405-ab12         # one run in full'],
  diagnose: [
    'cm diagnose                             # the last run that failed',
    'cm diagnose 20260102-03                 # a run, by the beginning of its name',
    'cm diagnose restore.log                 # what CRIU, an engine or a journal wrote',
    'journalctl -u docker | cm diagnose -',
  ],
  support: [
    'cm support last                         # shows what would be in it, and asks',
    'cm support 20260102-03 --out case.tar.gz --yes',
  ],
  doctor: [
    'cm doctor                               # the hosts of plans/, or else this machine',
    'cm doctor plans/evacuate.yaml',
    'cm doctor root@alpha.example root@beta.example',
    'cm doctor alpha --file evacuate.yaml    # one host of the plan',
  ],
  unlock: [
    'cm unlock plans/                        # shows leases, removes those nobody keeps',
    'cm unlock plans/ --only redis --force   # also one whose owner was heard of lately',
  ],
  lab: [
    'sudo cm lab up alpha beta gamma',
    'sudo cm lab exec alpha -- podman ps',
    'sudo cm lab ssh beta',
    'sudo cm lab down',
  ],
  completion: [
    'source <(cm completion bash)            # in ~/.bashrc',
    'cm completion zsh > "${fpath[1]}/_cm"',
    'cm completion fish > ~/.config/fish/completions/cm.fish',
  ],
} as const;

/** What comes after a verb, such as `ls`. */
export function sub(name: string, description: string) {
  const command = new Command(name).description(description);
  addGlobals(command);
  return command;
}

/** A verb of the program, with the flags that every verb has, and with examples below its help. */
export function verb(name: keyof typeof examples, description: string): Command {
  const lines = examples[name].map((line) => `  ${line}`).join('\n');
  return sub(name, description).addHelpText('after', `\nexamples:\n${lines}`);
}
