/** A fault of the client that ends its session, in upstream's words. */
export class CriticalError extends Error {}
