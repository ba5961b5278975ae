// What the two pages of the bench share.

/** What the host says beside the messages of the protocol: it has carried out one of the client. */
export const HEARD = 'heard';
export const CHANNEL = 'ukboot';
