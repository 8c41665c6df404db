import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startHealth } from '../src/health.js';

test('a port that another process uses is named, with what to do', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const metrics = { contentType: 'text/plain', text: () => Promise.resolve('') };
  const nothing = () => Promise.resolve([]);
  await expect(startHealth(port, { missing: nothing, warnings: nothing }, metrics)).rejects.toMatchObject({
    message: `Hallpass cannot listen on port ${port}.`,
    nextStep: 'Give OPS_PORT a number that no other process uses.',
    passing: false,
  });
});
