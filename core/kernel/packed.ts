/**
 * A plain value with typed arrays in it, as bytes:
 *
 *   0  magic "LICHPACK"
 *   8  byte order mark 0x01020304, version 1, length of the text, checksum of everything after it: four 32-bit words
 *  24  text: the value as ASCII JSON, filled up with blanks to a multiple of 8
 *   …  the typed arrays, each filled up with zeros to a multiple of 8
 *
 * In the text an array stands as {"$array": [type, byte offset behind the text, length]}, and a number that JSON has not
 * as {"$number": "NaN"}; a long text lies among the arrays in UTF-8, as {"$text": [byte offset, bytes]}. Numbers are little-endian, as on every machine that runs a browser.
 */
export type Packable = null | boolean | number | string | PackedArray | readonly Packable[] | { readonly [key: string]: Packable | undefined };
export type PackedArray = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

const MAGIC = [0x4843494c, 0x4b434150];
const BYTE_ORDER = 0x01020304;
const PACK_VERSION = 1;
const HEADER_BYTES = 24;
const TYPES = { u8: Uint8Array, u16: Uint16Array, i32: Int32Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array } as const;
type TypeName = keyof typeof TYPES;

// every engine has these; the kernel's own list of types does not
declare const TextEncoder: new () => { encode(text: string): Uint8Array; encodeInto(text: string, into: Uint8Array): unknown };
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A text as UTF-8; half of a surrogate pair becomes the sign for what cannot be told. */
export const bytesOfText = (text: string): Uint8Array => encoder.encode(text);
/** The text that bytes are in UTF-8. */
export const textOfBytes = (bytes: Uint8Array): string => decoder.decode(bytes);

/** A text this long or longer lies among the arrays, in UTF-8. */
const LONG_TEXT = 1024;

/** A value on its way to bytes: what will stand where. */
export interface PackLayout { readonly bytes: number; readonly text: string; readonly parts: readonly { readonly array: PackedArray; readonly at: number }[] }

export function pack(value: Packable): Uint8Array {
  const layout = layOut(value);
  const packed = new Uint8Array(layout.bytes);
  packInto(packed, layout);
  sign(packed);
  return packed;
}

/** Where everything in a value comes to stand; its arrays are not read yet. */
export function layOut(value: Packable): PackLayout {
  const parts: { array: PackedArray; at: number }[] = [];
  let bytes = 0;
  const place = (array: PackedArray): number => {
    const at = bytes;
    parts.push({ array, at });
    bytes += rounded(array.byteLength);
    return at;
  };
  const plain = (each: Packable | undefined): unknown => {
    if (typeof each === 'number') return Number.isFinite(each) && !Object.is(each, -0) ? each : { $number: Object.is(each, -0) ? '-0' : String(each) };
    if (typeof each === 'string' && each.length >= LONG_TEXT) {
      const encoded = bytesOfText(each);
      // ASCII comes back as it was; of the rest half a surrogate pair, for one, has no UTF-8
      if (encoded.length === each.length || textOfBytes(encoded) === each) return { $text: [place(encoded), encoded.length] };
    }
    if (each === null || typeof each !== 'object') return each;
    const type = typeOf(each);
    if (type !== undefined) {
      const array = each as PackedArray;
      return { $array: [type, place(array), array.length] };
    }
    if (Array.isArray(each)) return each.map(plain);
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, plain(inner)]));
  };
  const text = JSON.stringify(plain(value)).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return { bytes: HEADER_BYTES + rounded(text.length) + bytes, text, parts };
}

/** Writes a value to the first `layout.bytes` of `packed`, all but the checksum; `packed` begins at a word. */
export function packInto(packed: Uint8Array, { text, parts }: PackLayout): void {
  const textBytes = rounded(text.length);
  const body = HEADER_BYTES + textBytes;
  packed.fill(0x20, HEADER_BYTES + text.length, body);
  encoder.encodeInto(text, packed.subarray(HEADER_BYTES));
  for (const { array, at } of parts) {
    packed.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), body + at);
    packed.fill(0, body + at + array.byteLength, body + at + rounded(array.byteLength));
  }
  new Uint32Array(packed.buffer, packed.byteOffset, 6).set([...MAGIC, BYTE_ORDER, PACK_VERSION, textBytes, 0]);
}

/** Puts the checksum where it belongs: what was packed is whole from now on. */
export function sign(packed: Uint8Array): void {
  for (const _ of signing(packed)) continue;
}

/** `sign` in slices of `bytes`, for whoever has other things to do between them. */
export function* signing(packed: Uint8Array, bytes = Infinity): Generator<void, void> {
  const words = wordsOf(packed);
  let hash = CHECKSUM_START;
  for (let at = 0; at < words.length;) {
    const end = Math.min(words.length, at + Math.max(1, Math.floor(bytes / 4)));
    hash = checksum(hash, words, at, end);
    at = end;
    yield;
  }
  new Uint32Array(packed.buffer, packed.byteOffset, 6)[5] = hash >>> 0;
}

/** The value that was packed; its arrays are copies. Throws an Error with one sentence for bytes that are no whole package. */
export function unpack(given: Uint8Array): unknown {
  // a view that starts anywhere is moved to where words may be read from it
  const packed = given.byteOffset % 8 === 0 ? given : given.slice();
  if (packed.length < HEADER_BYTES || packed.length % 8 !== 0) throw new Error(`${packed.length} bytes are no saved state, or not the whole of one.`);
  const [magic0, magic1, order, version, textBytes, sum] = new Uint32Array(packed.buffer, packed.byteOffset, 6) as unknown as number[];
  if (magic0 !== MAGIC[0] || magic1 !== MAGIC[1]) throw new Error('These bytes are no saved state: they do not begin with LICHPACK.');
  if (order !== BYTE_ORDER) throw new Error('This machine reads numbers in another byte order than the saved state has.');
  if (version !== PACK_VERSION) throw new Error(`The saved state is packed in version ${version}; this program reads version ${PACK_VERSION}.`);
  if (HEADER_BYTES + textBytes! > packed.length || sum !== checksumOf(packed)) throw new Error('The saved state is damaged or cut short: its checksum does not fit.');
  const body = HEADER_BYTES + textBytes!;
  let text = '';
  for (let at = HEADER_BYTES; at < body; at += 8192) text += String.fromCharCode(...packed.subarray(at, Math.min(body, at + 8192)));
  return JSON.parse(text, (_, each: unknown): unknown => {
    if (each === null || typeof each !== 'object') return each;
    if ('$number' in each) return Number(each.$number);
    if ('$text' in each && Array.isArray(each.$text)) {
      const [at, length] = each.$text as [number, number];
      return textOfBytes(packed.slice(body + at, body + at + length));
    }
    if (!('$array' in each) || !Array.isArray(each.$array)) return each;
    const [type, at, length] = each.$array as [TypeName, number, number];
    const kind = TYPES[type];
    return new kind(packed.slice(body + at, body + at + length * kind.BYTES_PER_ELEMENT).buffer);
  });
}

function typeOf(value: object): TypeName | undefined {
  for (const [name, type] of Object.entries(TYPES)) if (value instanceof type) return name as TypeName;
  return undefined;
}

function rounded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

const CHECKSUM_START = 0x811c9dc5;

/** What the checksum is of: all behind the header. */
function wordsOf(packed: Uint8Array): Uint32Array {
  return new Uint32Array(packed.buffer, packed.byteOffset + HEADER_BYTES, (packed.length - HEADER_BYTES) / 4);
}

function checksumOf(packed: Uint8Array): number {
  const words = wordsOf(packed);
  return checksum(CHECKSUM_START, words, 0, words.length) >>> 0;
}

/** FNV-1a (Fowler, Noll & Vo) over 32-bit words, with a shift so that high bits reach the low ones. */
function checksum(begun: number, words: Uint32Array, from: number, to: number): number {
  let hash = begun;
  for (let i = from; i < to; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash;
}
