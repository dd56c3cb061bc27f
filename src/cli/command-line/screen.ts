import type {Ability} from '../../report/text/style.js';
import type {Env} from './env-flags.js';

interface Stream {
  readonly isTTY?: boolean;
}

const isSet = (text: string | undefined): text is string => text !== undefined && text !== '';

/**
 * A flag decides; then FORCE_COLOR, which Node lets win over NO_COLOR; then NO_COLOR; then whether
 * it is a terminal that can. https://no-color.org, https://force-color.org
 */
export function wantsColor(stream: Stream, env: Env, flag: boolean | undefined): boolean {
  if (flag !== undefined) return flag;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (isSet(env['NO_COLOR']) || env['TERM'] === 'dumb') return false;
  return stream.isTTY === true;
}

/** A terminal that somebody looks at, and that can go back to a line; a log of CI is neither. */
export const canRedraw = (stream: Stream, env: Env): boolean =>
  stream.isTTY === true && env['TERM'] !== 'dumb' && !isSet(env['CI']);

/** The locale says so, by the rules of setlocale(3): the first of these that is set. */
export function showsUnicode(env: Env, platform: string): boolean {
  if (env['TERM'] === 'linux') return false;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(isSet);
  return locale === undefined ? platform !== 'linux' : /utf-?8/iu.test(locale);
}

export const abilityOf = (stream: Stream, env: Env, platform: string, flag?: boolean): Ability => ({
  color: wantsColor(stream, env, flag),
  unicode: showsUnicode(env, platform),
});
