/**
 * A plain value with typed arrays in it, as bytes:
 *
 *   0  magic "LICHPACK"
 *   8  byte order mark 0x01020304, version 1, length of the text, checksum of everything after it: four 32-bit words
 *  24  text: the value as ASCII JSON, filled up with blanks to a multiple of 8
 *   …  the typed arrays, each filled up with zeros to a multiple of 8
 *
 * In the text an array stands as {"$array": [type, byte offset behind the text, length]}, and a number that JSON has not
 * as {"$number": "NaN"}. Numbers are little-endian, as on every machine that runs a browser.
 */
export type Packable = null | boolean | number | string | PackedArray | readonly Packable[] | { readonly [key: string]: Packable | undefined };
export type PackedArray = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

const MAGIC = [0x4843494c, 0x4b434150];
const BYTE_ORDER = 0x01020304;
const PACK_VERSION = 1;
const HEADER_BYTES = 24;
const TYPES = { u8: Uint8Array, u16: Uint16Array, i32: Int32Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array } as const;
type TypeName = keyof typeof TYPES;

export function pack(value: Packable): Uint8Array {
  const arrays: { array: PackedArray; at: number }[] = [];
  let bytes = 0;
  const plain = (each: Packable | undefined): unknown => {
    if (typeof each === 'number') return Number.isFinite(each) && !Object.is(each, -0) ? each : { $number: Object.is(each, -0) ? '-0' : String(each) };
    if (each === null || typeof each !== 'object') return each;
    const type = typeOf(each);
    if (type !== undefined) {
      const array = each as PackedArray;
      arrays.push({ array, at: bytes });
      const reference = { $array: [type, bytes, array.length] };
      bytes += rounded(array.byteLength);
      return reference;
    }
    if (Array.isArray(each)) return each.map(plain);
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, plain(inner)]));
  };
  const text = JSON.stringify(plain(value)).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const textBytes = rounded(text.length);
  const packed = new Uint8Array(HEADER_BYTES + textBytes + bytes);
  packed.fill(0x20, HEADER_BYTES, HEADER_BYTES + textBytes);
  for (let i = 0; i < text.length; i++) packed[HEADER_BYTES + i] = text.charCodeAt(i);
  for (const { array, at } of arrays) {
    packed.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), HEADER_BYTES + textBytes + at);
  }
  new Uint32Array(packed.buffer, 0, 6).set([...MAGIC, BYTE_ORDER, PACK_VERSION, textBytes, checksum(packed, HEADER_BYTES)]);
  return packed;
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
  if (HEADER_BYTES + textBytes! > packed.length || sum !== checksum(packed, HEADER_BYTES)) throw new Error('The saved state is damaged or cut short: its checksum does not fit.');
  const body = HEADER_BYTES + textBytes!;
  let text = '';
  for (let at = HEADER_BYTES; at < body; at += 8192) text += String.fromCharCode(...packed.subarray(at, Math.min(body, at + 8192)));
  return JSON.parse(text, (_, each: unknown): unknown => {
    if (each === null || typeof each !== 'object') return each;
    if ('$number' in each) return Number(each.$number);
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

/** FNV-1a (Fowler, Noll & Vo) over 32-bit words, with a shift so that high bits reach the low ones. */
function checksum(packed: Uint8Array, from: number): number {
  const words = new Uint32Array(packed.buffer, packed.byteOffset + from, (packed.length - from) / 4);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
