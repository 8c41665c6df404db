import { describe, expect, onTestFinished, test } from 'vitest';
import { installedMajors } from '../support/majors.js';
import { useServer } from './server.js';

const modes = (['direct', 'guarded'] as const).flatMap((mode) =>
  installedMajors().map((major) => ({ ...major, mode })),
);

describe.each(modes)('the anchor in $mode mode on Postgres $major', ({ mode, ...major }) => {
  const used = useServer(major, {}, mode);

  test('is kept by the server, as it was written last, and no other text is one', async () => {
    const { server } = used;
    const target = server.open();
    onTestFinished(() => target.close());
    const seen = async () => (await target.list()).surroundings.anchor;
    expect(await seen()).toBeNull();

    await target.writeAnchor(server.id, { seq: 7, hash: 'ab'.repeat(8), lastId: 1007, code: null });
    expect(await seen()).toEqual({ seq: 7, hash: 'ab'.repeat(8), lastId: 1007, code: null });
    await target.writeAnchor(server.id, { seq: 8, hash: 'cd'.repeat(8), lastId: 1008, code: null });
    const again = server.open();
    onTestFinished(() => again.close());
    expect((await again.look([])).surroundings.anchor).toEqual({
      seq: 8,
      hash: 'cd'.repeat(8),
      lastId: 1008,
      code: null,
    });

    await expect(
      target.writeAnchor('1', { seq: 9, hash: 'ef'.repeat(8), lastId: 1009, code: null }),
    ).rejects.toMatchObject({ kind: 'other_server' });
    await server.sql(`ALTER ROLE hallpass SET application_name = 'grants roles'`);
    expect(await seen()).toBeNull();
  });
});
