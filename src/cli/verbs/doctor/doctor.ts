import {pairsOf, gapsIn, isFit, refusedOf, type Diagnosis} from '../../../doctor/diagnosis.js';
import {diagnoseHost} from '../../../doctor/host-diagnosis.js';
import {diagnosePair} from '../../../doctor/pair-diagnosis.js';
import type {Subject} from '../../../doctor/subject.js';
import {noWishes, pairKey, wishesOf, type Sighting, type Wishes} from '../../../doctor/wishes.js';
import {diagnosisRecords} from '../../../report/json/doctor-records.js';
import {renderDiagnosis} from '../../../report/text/doctor-text.js';
import type {Looking} from '../../../state/host/observe.js';
import type {Context} from '../../session/context.js';
import {findHosts, type NamedHosts} from '../../session/find-hosts.js';
import {forOneHost, lookAtHost} from './look.js';
import {tryWays} from './ways.js';
import {exits} from '../../command-line/exit.js';

export interface DoctorOptions {
  /** Hosts, addresses or plan files. */
  readonly words: readonly string[];
  readonly files: readonly string[];
  /** Every pair of hosts is looked at, however many there are. */
  readonly pairs: boolean;
}

/** Where the plans' containers are, by whichever engine of a host. */
const sightings = (subjects: readonly Subject[]): readonly Sighting[] =>
  subjects.flatMap(({host, engines}) =>
    engines.flatMap(({view}) =>
      'look' in view
        ? view.look.containers.map(({name, addresses}) => ({
            host: host.name,
            container: name,
            networks: addresses.map(({network}) => network),
          }))
        : [],
    ),
  );

/** What is asked of the hosts that are meant; with none of their pairs, only what they lack by themselves counts. */
function wishes({plans, nameOf, hosts}: NamedHosts, subjects: readonly Subject[]): Wishes {
  if (plans.length === 0) return noWishes;
  const all = wishesOf(plans, {nameOf, seen: sightings(subjects)});
  const names = new Set(hosts.map(({name}) => name));
  const {asked, ...rest} = all;
  const ours = asked?.filter(({source, target}) => names.has(source) && names.has(target)) ?? [];
  return ours.length === 0 ? rest : {...rest, asked: ours};
}

async function examine(looking: Looking, patients: NamedHosts, every: boolean): Promise<Diagnosis> {
  const names = patients.plans.flatMap(({containers}) => [...containers.keys()]);
  const subjects = await Promise.all(
    patients.hosts.map((host) => lookAtHost(forOneHost(looking), host, [...new Set(names)])),
  );
  const wanted = wishes(patients, subjects);
  const hosts = subjects.map((subject) => diagnoseHost(subject, wanted));
  const byName = new Map(hosts.map((each) => [each.subject.host.name, each]));
  const {pairs: ends, leftOut} = pairsOf([...byName.keys()], wanted, every);
  const reached = new Set(
    subjects.flatMap(({host, exam}) => (exam === undefined ? [] : [host.name])),
  );
  const ways = await tryWays(looking, ends, reached, wanted);
  const pairs = ends.flatMap(([from, to]) => {
    const [source, target] = [byName.get(from), byName.get(to)];
    const connected = ways.get(pairKey(from, to)) ?? {way: undefined, met: undefined};
    return source && target ? diagnosePair(source, target, connected, wanted) : [];
  });
  const refused = refusedOf(pairs, wanted);
  return {hosts, pairs, leftOut, ...(refused && {refused})};
}

/** `cm doctor`: whether hosts are fit for moves, before anything is moved. Only looks. */
export async function doctor(context: Context, asked: DoctorOptions): Promise<number> {
  const {printer} = context;
  const patients = await findHosts(context, asked.words, asked.files);
  if (!patients.ok) return context.fail(patients.error);
  const {openWorld} = await import('../../session/world.js');
  const {hosts} = patients.value;
  const world = await openWorld(context, {hosts: new Map(hosts.map((host) => [host.name, host]))});
  try {
    const found = await examine(world.looking, patients.value, asked.pairs);
    for (const record of diagnosisRecords(found)) printer.record(record);
    printer.result(renderDiagnosis(found, printer.options.outAbility));
    const dark = found.hosts.flatMap(({subject}) => subject.problem ?? []);
    printer.problems(dark);
    const fit = isFit(found);
    printer.total({hosts: found.hosts.length, gaps: gapsIn(found), fit});
    if (dark.length > 0) return exits.unreachable;
    return fit ? exits.done : exits.preflight;
  } finally {
    await world.close();
  }
}
