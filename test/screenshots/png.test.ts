import assert from 'node:assert/strict';
import { deflateSync, inflateSync } from 'node:zlib';
import { shrinkPng } from './png';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** The checksums of what goes in are not looked at. */
function chunk(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, Buffer.from(type, 'latin1'), body, Buffer.alloc(4)]);
}

function header(width: number, height: number): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width, 0);
  body.writeUInt32BE(height, 4);
  body.set([8, 6], 8);
  return body;
}

function chunks(png: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = SIGNATURE.length; at < png.length; at += png.readUInt32BE(at) + 12) {
    found.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return found;
}

describe('a picture that is made small', () => {
  // Two pixels a row, red 10 and 30 and so on in each: written with every filter that there is.
  const rows = [
    [0, 10, 0, 0, 255, 30, 0, 0, 255],
    [1, 10, 0, 0, 255, 20, 0, 0, 0],
    [2, 0, 0, 0, 0, 0, 0, 0, 0],
    [3, 5, 0, 0, 128, 10, 0, 0, 0],
    [4, 0, 0, 0, 0, 0, 0, 0, 0],
  ];
  const data = chunk('IDAT', deflateSync(Buffer.from(rows.flat())));
  const png = Buffer.concat([SIGNATURE, chunk('IHDR', header(2, 5)), data, chunk('IEND', Buffer.alloc(0))]);

  it('shows the same, whichever filters a browser has written it with', () => {
    const small = chunks(shrinkPng(png, 10_000));
    const colours = small.get('PLTE') as Buffer;
    const indices = inflateSync(small.get('IDAT') as Buffer);
    const reds = [0, 1, 2, 3, 4].map((row) => [1, 2].map((x) => colours[(indices[row * 3 + x] as number) * 3]));
    assert.deepEqual(reds, [
      [10, 30],
      [10, 30],
      [10, 30],
      [10, 30],
      [10, 30],
    ]);
    assert.deepEqual([...(small.get('IHDR') as Buffer)], [0, 0, 0, 2, 0, 0, 0, 5, 8, 3, 0, 0, 0]);
  });

  it('ends with the checksum that every PNG ends with', () => {
    assert.equal(shrinkPng(png, 10_000).toString('hex').slice(-24), '0000000049454e44ae426082');
  });
});
