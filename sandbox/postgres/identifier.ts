import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Gives the data of a stopped server another system identifier. The binaries bring no pg_resetwal, so it is written into
 * the control file, and into the first page of each WAL segment, which repeats it.
 * @param change what the new identifier is, of the one that stands there
 */
export async function changeIdentifier(dataDir: string, change: (id: bigint) => bigint): Promise<void> {
  const path = join(dataDir, 'global/pg_control');
  const control = await readFile(path);
  const id = change(control.readBigUInt64LE(0));
  const end = endOfControl(control);
  control.writeBigUInt64LE(id, 0);
  control.writeUInt32LE(crc32c(control.subarray(0, end)), end);
  await writeFile(path, control);
  const wal = join(dataDir, 'pg_wal');
  for (const name of (await readdir(wal)).filter((each) => /^[0-9A-F]{24}$/.test(each))) {
    const segment = await open(join(wal, name), 'r+');
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(id);
    // xlp_sysid of XLogLongPageHeaderData.
    await segment.write(bytes, 0, bytes.length, 24);
    await segment.close();
  }
}

/** Where the checksum of the control file stands: its layout differs from major to major. */
function endOfControl(control: Buffer): number {
  for (let at = 200; at < 500; at += 4) {
    if (crc32c(control.subarray(0, at)) === control.readUInt32LE(at)) return at;
  }
  throw new Error('the control file has no checksum where it is looked for');
}

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
