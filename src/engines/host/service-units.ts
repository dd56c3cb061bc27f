import type {Pair, Refusal} from '../engine.js';
import type {ServiceUnit} from '../facts.js';
import {sectionText, type Section} from './sections.js';

/**
 * Units of systemd that have to do with containers. Templates are asked for by their instances; where systemd does
 * not run, `systemctl` says so and the section stays empty.
 */
export const unitsPart = `
section units
if has systemctl; then
  units=$(cd / && grep -lsE '^[[:blank:]]*Exec[A-Za-z]*=.*(podman|docker|runc|crun)' \\
    /etc/systemd/system/*.service /run/systemd/*/*.service /usr/local/lib/systemd/system/*.service \\
    /usr/lib/systemd/system/*.service /lib/systemd/system/*.service 2>/dev/null |
    sed 's|.*/||; s|@\\.service$|@*.service|' | sort -u | head -n 500 || :)
  [ -z "$units" ] || {
    set -f
    for unit in $units; do
      case $unit in
        *'@*.service') within 10 systemctl list-units --all --plain --no-legend -- "$unit" 2>/dev/null | cut -d ' ' -f 1 ;;
        *) printf '%s\\n' "$unit" ;;
      esac
    done | tr '\\n' '\\0' | within 20 xargs -0r systemctl show --property=Id,ActiveState,UnitFileState,Restart,ExecStart,ExecStop,ExecStopPost -- 2>/dev/null || :
    set +f
  }
fi`;

/** `ExecStart={ path=/usr/bin/podman ; argv[]=/usr/bin/podman start web ; ignore_errors=no ; … }` */
const argvIn = (value: string): string => /argv\[\]=(.*?) ; ignore_errors=/.exec(value)?.[1] ?? '';

function readUnit(block: string): ServiceUnit | undefined {
  const values = (key: string): readonly string[] =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${key}=`))
      .map((line) => line.slice(key.length + 1));
  const [name = ''] = values('Id');
  if (name === '') return undefined;
  const fileState = values('UnitFileState')[0] ?? '';
  return {
    name,
    active: ['active', 'activating', 'reloading'].includes(values('ActiveState')[0] ?? ''),
    // what a generator made is started at boot when its source says so, which cannot be seen here
    enabled: ['enabled', 'enabled-runtime', 'generated'].includes(fileState),
    restart: values('Restart')[0] ?? 'no',
    starts: values('ExecStart').map(argvIn),
    stops: [...values('ExecStop'), ...values('ExecStopPost')].map(argvIn),
  };
}

/** From the blocks of `systemctl show`, with an empty line between them. */
export const readUnits = (all: readonly Section[]): readonly ServiceUnit[] =>
  sectionText(all, 'units')
    .split(/\n{2,}/)
    .flatMap((block) => readUnit(block) ?? []);

const wordsOf = (argv: string): readonly string[] =>
  argv
    .split(/[\s;&|]+/)
    .map((word) => word.replace(/^["']+|["']+$/g, '').replace(/^--name=["']?/, ''));

const hexId = /^[0-9a-f]{12,64}$/;

const names = (argv: string, {container}: Pair): boolean =>
  wordsOf(argv).some(
    (word) => word === container.name || (hexId.test(word) && container.id.startsWith(word)),
  );

const calls = (argv: string, program: string, verbs: readonly string[]): boolean => {
  const words = wordsOf(argv);
  const at = words.findIndex((word) => word === program || word.endsWith(`/${program}`));
  return at >= 0 && words.slice(at + 1).some((word) => verbs.includes(word));
};

const starting = ['start', 'restart', 'run', 'restore'];

/** Why the unit would undo a move; undefined when it would leave the container alone. */
const removes = ({active, stops}: ServiceUnit, program: string): boolean =>
  active && stops.some((argv) => calls(argv, program, ['rm', 'delete']));

/** Why the unit would undo a move; undefined when it would leave the container alone. */
function dangerOf(unit: ServiceUnit, program: string): string | undefined {
  if (removes(unit, program)) return 'removes it as soon as it stops, and with it the way back';
  if (unit.active && unit.restart !== 'no')
    return `would start it there again ("Restart=${unit.restart}")`;
  return unit.enabled ? 'would start it there again at the next boot (it is enabled)' : undefined;
}

function remedyFor(unit: ServiceUnit, program: string): string {
  const {name, active, enabled, restart} = unit;
  if (removes(unit, program))
    return `let a unit start it that does not remove it ("${program} start" instead of "${program} run --rm")`;
  const steps = [
    ...(enabled ? [`"systemctl disable ${name}"`] : []),
    ...(active && restart !== 'no' ? [`"Restart=no" by "systemctl edit ${name}"`] : []),
  ];
  return `take it from systemd there before it is moved: ${steps.join(', and ')}`;
}

/** Systemd starts what it is told to start, whatever a restart policy says: two would run. */
export const unitRefusals = (program: string, pair: Pair): readonly Refusal[] =>
  pair.source.units
    .filter(({starts}) =>
      starts.some((argv) => calls(argv, program, starting) && names(argv, pair)),
    )
    .flatMap((unit) => {
      const danger = dangerOf(unit, program);
      if (danger === undefined) return [];
      return [
        {
          code: 'systemd-unit',
          message: `the unit "${unit.name}" of systemd on the source ${danger}`,
          remedy: remedyFor(unit, program),
        },
      ];
    });
