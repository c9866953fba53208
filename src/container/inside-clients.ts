import { newKeys } from './key-proofs.js';
import { remoteScreens } from './remote-screens.js';
import { wireInside } from './wire.js';

/** What it takes for people who have no client of their own: one in this process for each. */
export const INSIDE_CLIENTS = [newKeys, wireInside, remoteScreens];
