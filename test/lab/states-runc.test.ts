import {Counter} from './counting.js';
import {butKept} from './kept.js';
import {describeLab} from './rig.js';
import {clear, leftovers, plan, startBundle} from './runc-rig.js';
import {testStates} from './states.js';

/** A bundle is where its `config.json` is; runc forgets one that does not run. */
const seenText = `[ -e "/srv/$1/config.json" ] || exit 0
status=$(runc state "$1" 2>/dev/null | jq -r .status || :)
echo "\${status:-stopped} $(ls "/run/runc/$1/cm-restored" 2>/dev/null)"`;

describeLab('what bundles should be doing', {lab: 'statesr', images: ['redis']}, (rig) => {
  const counter = new Counter(rig, 'runc');

  testStates(rig, {
    counter,
    policy: 'no',
    run: async () => {
      await startBundle(rig, 'count', {last: 30, network: 'hook', image: 'redis'}, counter.program);
      await counter.begun();
    },
    see: async (host) => {
      const seen = await rig.shell(host, seenText, 'count');
      if (seen === '') return undefined;
      // Paused it would be in memory, and come back by itself.
      const running = !seen.startsWith('stopped');
      return {running, restored: seen.includes('cm-restored'), policy: 'no'};
    },
    plan: async (text) => plan(rig, 'states', text),
    leftovers: async () => butKept(await leftovers(rig, 'count')),
    clear: async () => clear(rig),
  });
});
