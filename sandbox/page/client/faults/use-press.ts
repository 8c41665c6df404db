import { useState } from 'react';
import { call, Refused } from '../server.js';

/** Calls verbs of the page's server: whether one is under way, and why the last one failed. */
export function usePress() {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const press = async (verb: string, args: object = {}) => {
    setBusy(true);
    setFailed(null);
    try {
      await call(verb, args);
    } catch (error) {
      setFailed(error instanceof Refused ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failed, press };
}
