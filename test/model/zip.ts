import { crc32, deflateRawSync } from 'node:zlib';

/** A zip archive of the given members, deflated unless `stored`. */
export function makeZip(members: Record<string, Buffer>, { stored = false } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(members)) {
    const data = stored ? content : deflateRawSync(content);
    const title = Buffer.from(name);
    const facts = Buffer.alloc(22);
    facts.writeUInt16LE(stored ? 0 : 8, 4);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(20, 0);
    // The local entry has an extra field that the directory lacks, as archives in the wild do.
    const extra = Buffer.from([1, 0, 2, 0, 9, 9]);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), facts, u16(title.length), u16(extra.length), title, extra, data);
    const entry = Buffer.alloc(18);
    entry.writeUInt16LE(title.length, 0);
    entry.writeUInt32LE(at, 14);
    directory.push(Buffer.from('PK\x01\x02', 'latin1'), u16(20), facts, entry, title);
    at += 30 + title.length + extra.length + data.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(members).length, 8);
  end.writeUInt16LE(Object.keys(members).length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}

function u16(value: number): Buffer {
  return Buffer.from([value & 255, value >> 8]);
}
