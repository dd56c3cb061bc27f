import {gone, hideEach, type Hidden, type Redacted} from './hide.js';
import {isSecretValue, secrecyOf} from './secret-names.js';

/** An address with a scheme, up to where its host must have ended. */
const authority = /\b([a-z][a-z0-9+.-]{1,20}):\/\/(?=[^\s"'<>`]{1,600}@)/iu;

/** User and password end at the last `@` before the path; a password may have one of its own, or a slash. */
function userInfo(match: RegExpExecArray, text: string): Hidden | undefined {
  const from = match.index + match[0].length;
  const rest = /^[^\s"'<>`\\]{1,600}/u.exec(text.slice(from, from + 600))?.[0] ?? '';
  const end = endOfUserInfo(rest);
  if (end < 0) return undefined;
  const info = rest.slice(0, end);
  const colon = info.indexOf(':');
  if (colon < 0) {
    // A token alone is one only where nobody is named: `ssh://root@…` names somebody.
    const isWeb = /^https?$/iu.test(match[1] ?? '');
    return isWeb && info !== gone ? {from, to: from + end} : undefined;
  }
  const password = info.slice(colon + 1);
  return password === '' || password === gone
    ? undefined
    : {from: from + colon + 1, to: from + end};
}

/** At the last `@` of the authority; behind a slash only where a colon before it says that this is no path yet. */
function endOfUserInfo(rest: string): number {
  const slash = rest.search(/[/?#]/u);
  const before = slash < 0 ? rest : rest.slice(0, slash);
  const at = before.lastIndexOf('@');
  if (at >= 0) return at;
  const isOpen = /^[^/?#:@]*:(?!\d{1,5}(?:[/?#]|$))[^/?#@]/u.test(rest);
  return isOpen ? rest.lastIndexOf('@') : -1;
}

/** A parameter of an address or of a form: `?sig=…`, `&X-Amz-Signature=…`. */
const parameter = /(?<=[?&]|&amp;)([A-Za-z][\w.~%-]{0,100})=/u;

/** Parameters that carry a right to something though other names like these do not. */
const signed =
  /^(?:sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token)|code|key|auth|se?ssionid|sid|access|hash|hmac|state)$/iu;

function parameterValue(match: RegExpExecArray, text: string): Hidden | undefined {
  const name = match[1] ?? '';
  const from = match.index + match[0].length;
  const value = /^[^\s&"'<>`\\#]{1,4000}/u.exec(text.slice(from, from + 4000))?.[0] ?? '';
  const secrecy = signed.test(name) ? 'certain' : secrecyOf(name);
  return isSecretValue(secrecy, value) ? {from, to: from + value.length} : undefined;
}

/** Addresses that are secrets by themselves: whoever knows the path may post there. */
const hook =
  /\b(hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/|(?:ptb\.|canary\.)?discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/|[\w.-]{1,60}\.webhook\.office\.com\/[\w-]{1,20}\/|outlook\.office\.com\/webhook\/|hooks\.zapier\.com\/hooks\/|api\.telegram\.org\/bot|maker\.ifttt\.com\/(?:trigger\/[\w-]{1,60}|use)\/(?:with\/key\/)?|hc-ping\.com\/|chat\.googleapis\.com\/v1\/spaces\/|[\w.-]{1,60}\/hooks\/)(?!\*\*\*)/iu;

function hookPath(match: RegExpExecArray, text: string): Hidden | undefined {
  const from = match.index + match[0].length;
  const path = /^[^\s"'<>`\\,)]{8,1000}/u.exec(text.slice(from, from + 1000))?.[0] ?? '';
  return path === '' ? undefined : {from, to: from + path.length};
}

/** Takes passwords, signatures and secret paths out of addresses; hosts and everything else stay. */
export function redactUrls(text: string): Redacted {
  const info = hideEach(text, authority, userInfo);
  const parameters = hideEach(info.text, parameter, parameterValue);
  const hooks = hideEach(parameters.text, hook, hookPath);
  return {text: hooks.text, count: info.count + parameters.count + hooks.count};
}
