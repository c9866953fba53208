import type { ServiceIdentifier } from 'inversify';

/** A name under which a part is bound. */
export function token<T>(name: string): ServiceIdentifier<T> {
  return Symbol(name) as ServiceIdentifier<T>;
}
