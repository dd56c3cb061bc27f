import {asRecord, at, flagAt, numberAt, textAt, textsAt} from '../../base/json.js';
import {createWords, optionValues} from './asked.js';

/** `--name value` unless the value is empty. */
export const unless = (empty: string, name: string, value: string): readonly string[] =>
  value === empty ? [] : [`${name}=${value}`];

/** `--name value` for each. */
export const each = (name: string, values: readonly string[]): readonly string[] =>
  values.map((value) => `${name}=${value}`);

/** podman before 5.0 tells the entrypoint as one text; then it is what comes before the command. */
export function entrypointOf(raw: unknown): readonly string[] {
  const told = at(raw, 'Config', 'Entrypoint');
  if (typeof told !== 'string') return textsAt(raw, 'Config', 'Entrypoint');
  const words = [textAt(raw, 'Path'), ...textsAt(raw, 'Args')];
  const start = flagAt(raw, 'HostConfig', 'Init') ? words.indexOf('--') + 1 : 0;
  return told === '' ? [] : words.slice(start, words.length - textsAt(raw, 'Config', 'Cmd').length);
}

/** The program, who and where it is, how it is ended and how it talks. */
export function processFlags(raw: unknown): readonly string[] {
  const config = asRecord(at(raw, 'Config'));
  const entrypoint = entrypointOf(raw);
  const notify = textAt(config, 'sdNotifyMode');
  const signal = config['StopSignal'];
  return [
    ...(entrypoint.length > 0 ? [`--entrypoint=${JSON.stringify(entrypoint)}`] : []),
    ...unless('', '--workdir', textAt(config, 'WorkingDir')),
    ...unless('', '--user', textAt(config, 'User')),
    ...each('--group-add', textsAt(raw, 'HostConfig', 'GroupAdd')),
    ...unless('', '--umask', textAt(config, 'Umask')),
    ...unless('', '--tz', textAt(config, 'Timezone')),
    ...unless(
      '',
      '--stop-signal',
      typeof signal === 'number' ? `${signal}` : textAt(config, 'StopSignal'),
    ),
    ...(at(config, 'StopTimeout') === undefined
      ? []
      : [`--stop-timeout=${numberAt(config, 'StopTimeout')}`]),
    ...unless('0', '--timeout', `${numberAt(config, 'Timeout')}`),
    ...unless('container', '--sdnotify', notify === '' ? 'container' : notify),
    `--systemd=${flagAt(config, 'SystemdMode') ? 'always' : 'false'}`,
    ...(flagAt(config, 'Tty') ? ['--tty'] : []),
    ...(flagAt(config, 'OpenStdin') ? ['--interactive'] : []),
    ...(flagAt(raw, 'HostConfig', 'Init') ? ['--init'] : []),
  ];
}

/** One text for a shell; a list is handed over as JSON, which podman keeps as it is. */
function healthCommand(test: readonly string[]): string {
  const [kind = '', ...rest] = test;
  if (kind === 'CMD-SHELL') return rest.join(' ');
  return test.length === 1 ? kind : JSON.stringify(test);
}

const nanoseconds = (value: unknown, key: string): string => `${numberAt(value, key)}ns`;

/** What is asked of it to see that it is well. */
export function healthFlags(raw: unknown): readonly string[] {
  const health = at(raw, 'Config', 'Healthcheck');
  const test = textsAt(health, 'Test');
  if (test.length === 0) return [];
  if (test[0] === 'NONE') return ['--no-healthcheck'];
  const action = textAt(raw, 'Config', 'HealthcheckOnFailureAction');
  return [
    `--health-cmd=${healthCommand(test)}`,
    ...unless('0ns', '--health-interval', nanoseconds(health, 'Interval')),
    ...each(
      '--health-interval',
      optionValues(createWords(raw), '--health-interval').filter((word) => word === 'disable'),
    ),
    ...unless('0ns', '--health-timeout', nanoseconds(health, 'Timeout')),
    ...unless('0ns', '--health-start-period', nanoseconds(health, 'StartPeriod')),
    ...unless('0', '--health-retries', `${numberAt(health, 'Retries')}`),
    ...unless('none', '--health-on-failure', action === '' ? 'none' : action),
  ];
}

/** Empty where there is no limit, which podman writes as `0B` or, from 5.8 on, as `-1B`. */
export const logSize = (raw: unknown): string =>
  textAt(raw, 'HostConfig', 'LogConfig', 'Size').replace(/^(?:0|-\d+)B$/, '');

/** The file that its log was to be written to; empty where podman chose it. */
export function logPath(raw: unknown): string {
  const path = textAt(raw, 'HostConfig', 'LogConfig', 'Path');
  return path.startsWith(`${textAt(raw, 'StaticDir')}/`) ? '' : path;
}

export function logFlags(raw: unknown): readonly string[] {
  const log = at(raw, 'HostConfig', 'LogConfig');
  const path = logPath(raw);
  const size = logSize(raw);
  return [
    ...unless('', '--log-driver', textAt(log, 'Type')),
    ...unless('', '--log-opt', path === '' ? '' : `path=${path}`),
    ...(size === '' ? [] : [`--log-opt=max-size=${size}`]),
    ...unless('', '--log-opt', textAt(log, 'Tag') === '' ? '' : `tag=${textAt(log, 'Tag')}`),
  ];
}
