/** The wire format of protocol buffers, as far as CRIU's images need it. */

export type Value = number | Uint8Array;

/** The values of each field, by its number, in the order in which they stand there. */
export type Message = ReadonlyMap<number, readonly Value[]>;

/** Undefined for what is no base64. */
export function bytesOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. Exact up to 2^53. */
function readVarint(reader: Reader): number | undefined {
  let value = 0;
  for (let place = 0; place < 10; place += 1) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined) return undefined;
    reader.at += 1;
    value += (byte % 128) * 2 ** (7 * place);
    if (byte < 128) return value;
  }
  return undefined;
}

function readBytes(reader: Reader, length: number | undefined): Uint8Array | undefined {
  if (length === undefined || reader.at + length > reader.bytes.length) return undefined;
  reader.at += length;
  return reader.bytes.subarray(reader.at - length, reader.at);
}

function readValue(reader: Reader, wireType: number): Value | undefined {
  switch (wireType) {
    case 0:
      return readVarint(reader);
    case 1:
      return readBytes(reader, 8);
    case 2:
      return readBytes(reader, readVarint(reader));
    case 5:
      return readBytes(reader, 4);
    default:
      return undefined;
  }
}

/** Undefined for bytes that are no message. Unknown fields are kept. */
export function readMessage(bytes: Uint8Array): Message | undefined {
  const reader: Reader = {bytes, at: 0};
  const fields = new Map<number, Value[]>();
  while (reader.at < bytes.length) {
    const key = readVarint(reader);
    const value = key === undefined ? undefined : readValue(reader, key % 8);
    if (key === undefined || value === undefined) return undefined;
    const field = Math.floor(key / 8);
    const values = fields.get(field);
    if (values) values.push(value);
    else fields.set(field, [value]);
  }
  return fields;
}

/**
 * The number of a field that may be there once. Undefined where it is absent, where it is there twice, since readers differ
 * in which one they take, and where it is too large to be exact.
 */
export function numberOf(message: Message, field: number): number | undefined {
  const [value, second] = message.get(field) ?? [];
  if (second !== undefined || typeof value !== 'number') return undefined;
  return Number.isSafeInteger(value) ? value % 2 ** 32 : undefined;
}

/** All numbers of a repeated field, packed or not; undefined where one of them is not exact. */
export function numbersOf(message: Message, field: number): readonly number[] | undefined {
  const found: number[] = [];
  for (const value of message.get(field) ?? []) {
    if (typeof value === 'number') found.push(value);
    else {
      const reader: Reader = {bytes: value, at: 0};
      while (reader.at < value.length) found.push(readVarint(reader) ?? Number.NaN);
    }
  }
  if (!found.every(Number.isSafeInteger)) return undefined;
  return found.map((value) => value % 2 ** 32);
}

const utf8 = new TextDecoder();

/** Texts of a repeated field. */
export const textsOf = (message: Message, field: number): readonly string[] =>
  (message.get(field) ?? []).map((value) => (typeof value === 'number' ? '' : utf8.decode(value)));

/** Messages of a repeated field; undefined where one of them is none. */
export function messagesOf(message: Message, field: number): readonly Message[] | undefined {
  const found = (message.get(field) ?? []).map((value) =>
    typeof value === 'number' ? undefined : readMessage(value),
  );
  return found.every((each) => each !== undefined) ? found : undefined;
}

/** The message of a field that may be there once, see `numberOf`. */
export function messageOf(message: Message, field: number): Message | undefined {
  const [first, second] = messagesOf(message, field) ?? [];
  return second === undefined ? first : undefined;
}
