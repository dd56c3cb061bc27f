import {hideEach, type Hidden, type Redacted} from './hide.js';
import {openingAt, plainEnd, quotedEnd, widthOf} from './quoted.js';
import {isSecretValue, secrecyOf, type Secrecy} from './secret-names.js';

/** Between a flag and its value: blanks on a command line, or the end of a word of a JSON list and the next one. */
const between = String.raw`(?:\\{0,7}["']\s{0,3},\s{0,200}(?=\\{0,7}["'])|[ \t]{1,3})`;

/** The next word: in quotes, or up to a blank. */
function wordAt(text: string, at: number): Hidden {
  const opening = openingAt(text, at);
  if (!opening) return {from: at, to: plainEnd(text, at, /\s/u)};
  const from = at + widthOf(opening);
  return {from, to: quotedEnd(text, from, opening)};
}

const valueAfter = (match: RegExpExecArray, text: string): Hidden =>
  wordAt(text, match.index + match[0].length);

const isFlag = (word: string): boolean =>
  word.startsWith('-') && !/^-?\d|^-[^-\s]*[^\w-]/u.test(word);

function ifSecret(secrecy: Secrecy, value: Hidden, text: string): Hidden | undefined {
  const word = text.slice(value.from, value.to);
  return !isFlag(word) && isSecretValue(secrecy, word) ? value : undefined;
}

/** `--password VALUE`, by the name of the flag; `--password=VALUE` is a setting. */
const flag = new RegExp(String.raw`(?<![\w-])(--?[A-Za-z][\w.-]{1,60})${between}`, 'u');

const flagValue = (match: RegExpExecArray, text: string): Hidden | undefined =>
  ifSecret(secrecyOf((match[1] ?? '').replace(/^-+/u, '')), valueAfter(match, text), text);

/** `-e NAME=value`, `-ite NAME=value`, `--env NAME=value`, `--env=NAME=value`: each value, whatever its name. */
const environment = new RegExp(
  String.raw`(?<![\w-])((?:--env|-[A-Za-z]{0,8}?e)(?:${between}|=)?(\\{0,7}["'])?[A-Za-z_][\w.-]{0,100}=)`,
  'u',
);

function variableValue(match: RegExpExecArray, text: string): Hidden | undefined {
  const from = match.index + match[0].length;
  const mark = match[2];
  const opening = mark === undefined ? undefined : openingAt(mark, 0);
  const value = opening ? {from, to: quotedEnd(text, from, opening)} : wordAt(text, from);
  const word = text.slice(value.from, value.to);
  return isSecretValue('certain', word) ? value : undefined;
}

interface Program {
  readonly names: string;
  /** Flags whose next word is a secret. */
  readonly next?: string;
  /** Flags to which it is joined. */
  readonly joined?: string;
  /** Only what is behind this character of the word. */
  readonly behind?: ':' | '%';
}

/** Programs that take a password by a flag of a single letter. */
const programs: readonly Program[] = [
  {
    names: 'curl|wget|http|xh|aria2c|skopeo',
    next: '-u|-U|--user|--proxy-user|--creds',
    joined: '-u',
    behind: ':',
  },
  {
    names:
      'mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mariadb-admin|mysqlcheck|mysqlimport|7z|7za|sshpass',
    joined: '-p',
  },
  {names: 'sshpass|mongo|mongosh|mongodump|mongorestore|mongoexport|login', next: '-p'},
  {names: 'redis-cli|valkey-cli|keydb-cli', next: '-a|--pass'},
  {names: 'ldapsearch|ldapadd|ldapmodify|ldapwhoami|ldapdelete', next: '-w', joined: '-w'},
  {
    names: 'zip|unzip|ipmitool|sqlcmd|bcp|mosquitto_pub|mosquitto_sub|tsql',
    next: '-P',
    joined: '-P',
  },
  {names: 'smbclient|rpcclient|mount\\.cifs|net', next: '-U|--user', behind: '%'},
  {names: 'snmpget|snmpwalk|snmpset|snmpbulkwalk', next: '-A|-X|-c'},
  {names: 'ssh-keygen', next: '-N'},
  {names: 'ssh-keygen', next: '-P'},
  {names: 'rabbitmqadmin|amqp-publish', next: '-p'},
  {names: 'cqlsh|clickhouse-client|influx', next: '-p|--pw'},
];

const inProgram = ({names, next, joined}: Program): RegExp => {
  const words = [
    ...(next === undefined ? [] : [`(?:${next})(?:${between}|=)`]),
    ...(joined === undefined ? [] : [String.raw`(?:${joined})(?=[^\s"'\\=-]|["'][^,\s\])}])`]),
  ];
  return new RegExp(
    String.raw`(?<![\w-])((?:${names}))(?=\\{0,7}["'\s])[^|;&]{0,300}?[\s"'](?:${words.join('|')})`,
    'u',
  );
};

/** `-p 8080:80` is a port of a container, whatever it is called, and `-u 0:0` a user. */
const isMapping = (word: string): boolean => /^[\d.:/-]+(?:tcp|udp)?$/u.test(word);

function programValue({behind}: Program, match: RegExpExecArray, text: string): Hidden | undefined {
  const value = valueAfter(match, text);
  const word = text.slice(value.from, value.to);
  if (isMapping(word)) return undefined;
  const mark = behind === undefined ? -1 : word.indexOf(behind);
  if (behind !== undefined && mark < 0) return undefined;
  return ifSecret('certain', {from: value.from + mark + 1, to: value.to}, text);
}

/** Takes secrets out of command lines, as they stand in logs, in lists of processes and in JSON. */
export function redactCommands(text: string): Redacted {
  let [rest, count] = [text, 0];
  const take = ({text: left, count: more}: Redacted): void => {
    rest = left;
    count += more;
  };
  take(hideEach(rest, environment, variableValue));
  take(hideEach(rest, flag, flagValue));
  for (const program of programs)
    take(hideEach(rest, inProgram(program), (match, all) => programValue(program, match, all)));
  return {text: rest, count};
}
