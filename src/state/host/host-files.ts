/** Leases and locks: in memory, so that a reboot forgets them. */
export const RUN_FOLDER = '/run/cm';

/** Records of moves: kept across reboots. */
export const KEPT_FOLDER = '/var/lib/cm';

const plain = /[A-Za-z0-9_-]/;

/**
 * A name as part of a path: what is not a plain letter, digit, `_`, `-` or inner `.` becomes `%XX` of
 * its UTF-8 bytes, so that no name leaves its folder, hides or looks like a temporary file.
 */
export function encodeName(name: string): string {
  let encoded = '';
  for (const byte of new TextEncoder().encode(name)) {
    const character = String.fromCharCode(byte);
    const kept = plain.test(character) || (character === '.' && encoded !== '');
    encoded += kept ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** What `encodeName` was given; text that it never makes is returned as it is. */
export function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
