/** The test, not the app, asked for what cannot be: an option that is not offered, a button or a person not there. */
export class Impossible extends Error {}
