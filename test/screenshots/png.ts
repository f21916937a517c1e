import { deflateSync, inflateSync } from 'node:zlib';

/** Pictures of the editor have few colours: a palette of them makes a file a third as large. */
const COLOURS = [256, 64, 16];
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/**
 * Makes a smaller PNG of one as browsers write it: 8 bits a channel, not interlaced. Transparency is lost, and no more colours
 * than are needed to stay below a size in bytes.
 */
export function shrinkPng(png: Buffer, largest: number): Buffer {
  const picture = decode(png);
  let small = Buffer.alloc(0);
  for (const colours of COLOURS) {
    small = encode(picture, colours);
    if (small.length <= largest) break;
  }
  return small;
}

interface Picture {
  width: number;
  height: number;
  pixels: Uint32Array;
}

function encode({ width, height, pixels }: Picture, colours: number): Buffer<ArrayBuffer> {
  const { palette, indexOf } = choosePalette(pixels, colours);
  const rows = Buffer.alloc(height * (width + 1)); // each begins with its filter, 0
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    rows[pixel + Math.floor(pixel / width) + 1] = indexOf(pixels[pixel] as number);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // bits, indexed
  const entries = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const data = deflateSync(rows, { level: 9, memLevel: 9 });
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('PLTE', entries), chunk('IDAT', data), chunk('IEND')]);
}

function decode(png: Buffer): Picture {
  let [width, height, channels] = [0, 0, 0];
  const data: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      channels = { 2: 3, 6: 4 }[body[9] as number] ?? 0;
      if (body[8] !== 8 || channels === 0 || body[12] !== 0) throw new Error('This is no PNG as browsers write it.');
    }
    if (type === 'IDAT') data.push(body);
    at += length + 12;
  }
  const bytes = unfilter(inflateSync(Buffer.concat(data)), width * channels, height, channels);
  const pixels = new Uint32Array(width * height);
  for (let pixel = 0; pixel < pixels.length; pixel++) pixels[pixel] = bytes.readUIntBE(pixel * channels, 3);
  return { width, height, pixels };
}

/** Takes back what makes rows compress well (PNG, section 9). */
function unfilter(raw: Buffer, length: number, height: number, step: number): Buffer {
  const bytes = Buffer.alloc(length * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (length + 1)];
    for (let x = 0; x < length; x++) {
      const at = y * length + x;
      const left = x >= step ? (bytes[at - step] as number) : 0;
      const above = y > 0 ? (bytes[at - length] as number) : 0;
      const corner = x >= step && y > 0 ? (bytes[at - length - step] as number) : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter as number] as number;
      bytes[at] = (raw[y * (length + 1) + 1 + x] as number) + guess;
    }
  }
  return bytes;
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(estimate - value)) as [number, number, number];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/** The colours that are seen most, each pixel with the nearest of them. */
function choosePalette(pixels: Uint32Array, most: number): { palette: number[]; indexOf: (colour: number) => number } {
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const palette: number[] = [];
  for (const [colour] of [...counts].sort(([, a], [, b]) => b - a)) {
    // Near neighbours of a colour that is there would leave no room for rarer ones that stand alone.
    const room = palette.length < most / 4 ? 0 : 150;
    if (palette.length < most && palette.every((known) => distance(known, colour) >= room)) palette.push(colour);
  }
  const known = new Map<number, number>();
  const indexOf = (colour: number) => {
    const found = known.get(colour) ?? nearest(palette, colour);
    known.set(colour, found);
    return found;
  };
  return { palette, indexOf };
}

function nearest(palette: number[], colour: number): number {
  let best = 0;
  for (let index = 1; index < palette.length; index++) {
    if (distance(palette[index] as number, colour) < distance(palette[best] as number, colour)) best = index;
  }
  return best;
}

function distance(one: number, other: number): number {
  const red = (one >> 16) - (other >> 16);
  const green = ((one >> 8) & 255) - ((other >> 8) & 255);
  const blue = (one & 255) - (other & 255);
  return 2 * red * red + 4 * green * green + 3 * blue * blue;
}

function chunk(type: string, body = Buffer.alloc(0)): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const frame = Buffer.alloc(content.length + 8);
  frame.writeUInt32BE(body.length, 0);
  frame.set(content, 4);
  frame.writeUInt32BE(checksum(content), content.length + 4);
  return frame;
}

/** CRC-32 as PNG has it; zlib's own is not in every Node.js 20. */
function checksum(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
