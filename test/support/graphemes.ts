// The addon takes a Buffer for the whole of the memory that it is in, which it shares with others where it comes from Node's pool:
// it found its tables, or "Data error", or hung. While it is loaded there is no pool.
const { poolSize } = Buffer;
Buffer.poolSize = 0;
const { default: graphemes } = await import('@xterm/addon-unicode-graphemes');
Buffer.poolSize = poolSize;

export { graphemes };
