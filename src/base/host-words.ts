import {err, ok, type Result} from './result.js';

/**
 * The forms of the values that hosts tell. A value becomes a path, an argument or an identity on
 * another host, so each one is read through its form, and what does not have the form is refused.
 */
export interface Form {
  /** As it stands in the refusal: "… is not an image ID". */
  readonly what: string;
  readonly fits: (value: string) => boolean;
}

/** Longer than any value that an engine or a kernel accepts as a path. */
const longest = 4096;

const form = (what: string, pattern: RegExp): Form => ({
  what,
  fits: (value) => value.length <= longest && pattern.test(value),
});

/** The same, or nothing at all. */
export const orNone = ({what, fits}: Form): Form => ({
  what,
  fits: (value) => value === '' || fits(value),
});

/** podman's and docker's. */
export const engineId = form('a container ID', /^[0-9a-f]{64}$/);

/** The name, the inode and the birth of a bundle; the last two are missing when its folder is. */
export const bundleId = form('a bundle ID', /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,254}-(?:\d+-\d+)?$/);

/** Of whichever engine wrote it down. */
export const containerId = form('a container ID', /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,299}$/);

export const shortName = form('a name', /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,254}$/);

export const imageId = form('an image ID', /^(?:sha256:)?[0-9a-f]{64}$/);

/** Names, tags, digests and transports of images. */
export const imageReference = form('an image name', /^[A-Za-z0-9[][A-Za-z0-9._:/@+[\]-]*$/);

/** Absolute, and leading to where it says. */
export const hostPath: Form = {
  what: 'an absolute path',
  fits: (value) =>
    absolutePath.fits(value) && !value.split('/').some((part) => part === '..' || part === '.'),
};

/** May hold `..`, which a rule of the engine refuses with its own reason. */
export const absolutePath = form('an absolute path', /^\/[^\p{Cc}]*$/u);

/** One line that no program takes for an option. */
export const word = form('one word', /^[^\p{Cc}-][^\p{Cc}]*$/u);

/** Any single line. */
export const line = form('one line of text', /^[^\p{Cc}]*$/u);

export const ipAddress = form('an IP address', /^[0-9A-Fa-f.:]{2,45}$/);

export const subnet = form('a subnet', /^[0-9A-Fa-f.:]{2,45}(?:\/\d{1,3})?$/);

export const macAddress = form('a MAC address', /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$/);

export const restartPolicyForm = form(
  'a restart policy',
  /^(?:no|never|always|unless-stopped|on-failure)(?::\d{1,9})?$/,
);

export const protocolForm = form('a protocol', /^(?:tcp|udp|sctp)$/);

const mostShown = 60;

/** A value as a message can show it: short, and with its control characters visible. */
export function shownValue(value: string): string {
  const visible = value
    .slice(0, mostShown)
    .replaceAll(/\p{Cc}/gu, (character) =>
      String.fromCharCode(0x2400 + Math.min(character.charCodeAt(0), 0x21)),
    );
  return value.length > mostShown ? `"${visible}…"` : `"${visible}"`;
}

/** A text of that form. */
export function readWord({what, fits}: Form, value: unknown): Result<string, string> {
  if (typeof value !== 'string') return err(`${typeof value} is not ${what}`);
  return fits(value) ? ok(value) : err(`${shownValue(value)} is not ${what}`);
}

/** A whole number of that range. */
export function readNumber(what: string, most: number, value: unknown): Result<number, string> {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
  return fits ? ok(value) : err(`${shownValue(String(value))} is not ${what}`);
}
