import { join } from 'node:path';
import type { Signer } from '../../application/client/ports.js';
import { AgentSigner } from './agent-signer.js';
import { FileSigner } from './file-signer.js';

/** The name of chatty's own key in its folder. */
const OWN_FILE = 'key';
const IN_AGENT = 'agent';

/**
 * The key that somebody wants to join with: their own, which is made at the first use, one of a file or of an ssh-agent,
 * or none.
 * @param chosen `own`, `none`, `agent`, `agent:SHA256:…` or a file
 * @throws {KeyFailure}
 */
export async function findSigner(
  chosen: string,
  folder: string,
  env: { readonly SSH_AUTH_SOCK?: string | undefined } = process.env,
): Promise<Signer | undefined> {
  if (chosen === 'none') return undefined;
  if (chosen === 'own') return FileSigner.readOrMake(join(folder, OWN_FILE));
  if (chosen === IN_AGENT) return AgentSigner.find(env.SSH_AUTH_SOCK);
  const [where, ...fingerprint] = chosen.split(':');
  if (where === IN_AGENT) return AgentSigner.find(env.SSH_AUTH_SOCK, fingerprint.join(':'));
  return FileSigner.read(chosen);
}
