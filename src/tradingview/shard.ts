/**
 * Whether a symbol falls to this instance, when several run the same flow and each is to take a part. Rendezvous hashing: each
 * instance has a weight for the symbol and the heaviest takes it, so that one instance more moves only what falls to it.
 */
export function takesSymbol(symbol: string, shard: { index: number; count: number } | null): boolean {
  if (!shard) return true;
  const own = weight(symbol, shard.index);
  for (let other = 1; other <= shard.count; other++) {
    if (other !== shard.index && weight(symbol, other) > own) return false;
  }
  return true;
}

/** FNV-1a with the finishing steps of MurmurHash3, or neighbouring instances would hardly differ. */
function weight(symbol: string, instance: number): number {
  let hash = 0x811c9dc5;
  for (const char of `${instance}/${symbol}`) hash = Math.imul(hash ^ (char.codePointAt(0) as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
