import { describe, expect, it } from 'vitest';
import { HallpassError } from '../../src/errors.js';
import { createLogger, loggerForSlack } from '../../src/logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger('trace', { write: (line) => lines.push(line) }));
  for (const line of lines) JSON.parse(line);
  return lines.join('');
}

describe('logger', () => {
  it('keeps secrets out of a line, whatever their place in it', () => {
    const text = logged((logger) => {
      const secrets = {
        token: 'sesame-1',
        deep: { list: [{ botToken: 'sesame-2', 'x-authorization': 'sesame-3 "quoted' }], PASSWORD: 4711 },
        response_url: 'https://example.com/sesame-4',
        trigger_id: 'sesame-5',
        DATABASE_URL: 'sesame-6',
        inString: JSON.stringify({ client_secret: 'sesame-7', note: 'kept' }),
      };
      logger.info(secrets);
      logger.child(secrets).info('as bindings');
      logger.error({ err: new Error('xoxb-1-sesame and xapp-1-A1-2-sesame') });
      logger.warn('connect to postgres://hallpass:sesame@db/x?password=sesame failed: Bearer sesame');
      logger.warn('wss://wss.slack.com/link?ticket=sesame https://hooks.slack.com/actions/T1/2/sesame');
    });
    expect(text).not.toContain('sesame');
    expect(text).not.toContain('4711');
    expect(text).toContain('kept');
    expect(text).toContain('@db/x');
  });

  it('writes of an error what is known, with its causes, and nothing that hangs on it', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', body: 'unwanted' });
    const error = new HallpassError('It failed.', { passing: true, nextStep: 'Do this.', cause });
    const { err } = JSON.parse(logged((logger) => logger.error({ err: error })));
    expect(err).toMatchObject({ message: 'It failed.', passing: true, nextStep: 'Do this.' });
    expect(err.cause).toMatchObject({ message: 'refused', code: 'ECONNREFUSED' });
    expect(JSON.stringify(err)).not.toContain('unwanted');
  });

  it("drops the debug output of Slack's libraries and keeps the rest", () => {
    const text = logged((logger) => {
      const slack = loggerForSlack(logger);
      slack.debug('a whole payload');
      slack.warn('http request failed', 'reset');
      slack.error(new Error('broken'));
    });
    expect(text).not.toContain('payload');
    expect(text).toContain('http request failed reset');
    expect(text).toContain('broken');
  });
});
