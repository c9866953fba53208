/** Longest name, in Unicode code points. */
export const MAX_USERNAME_LENGTH = 32;

/** Who speaks when the server itself has something to say. */
export const SERVER_USERNAME = 'chatty';

/** The server's own name, and those that promise an authority nobody here has. */
export const RESERVED_USERNAMES = [SERVER_USERNAME, 'server', 'admin', 'system'] as const;
