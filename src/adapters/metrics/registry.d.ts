// Only the part that writes the text: the whole package loads a tracer and observers that nobody uses here.
declare module '@prometheus-io/client/lib/registry.js' {
  import type { Registry } from '@prometheus-io/client';

  const registry: typeof Registry;
  export = registry;
}
