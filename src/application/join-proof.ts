// How a client proves in a Join that it has its key: the server asks with a Challenge, the client signs what is below.

/** What a server wants to have signed. */
export interface Challenge {
  /** 32 bytes that no server has asked with before, in base64url. */
  readonly nonce: string;
  /** What the server calls itself on this line, see `Peer`: a client signs for nobody else. */
  readonly server: string;
}

/** The purpose of the signature, which no other program shares: the namespace of an SSHSIG. */
export const PROOF_NAMESPACE = 'chatty-join';

/** What is signed. A server's name and a nonce have no NUL in them, so no two challenges have one text. */
export function proofText({ nonce, server }: Challenge, username: string): string {
  return ['v1', server, nonce, username].join('\0');
}
