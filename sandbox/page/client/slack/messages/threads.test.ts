import { expect, it } from 'vitest';
import { message } from './testing.js';
import { threadsIn } from './threads.js';

it('parts replies from what stands in the channel', () => {
  const [head, reply, other] = [
    message('1'),
    message('2', { threadTs: '1' }),
    message('3', { threadTs: '1' }),
  ];
  const { heads, replies } = threadsIn([head, reply, message('4', { threadTs: '4' }), other]);
  expect(heads.map(({ ts }) => ts)).toEqual(['1', '4']);
  expect(replies.get('1')).toEqual([reply, other]);
});

it('keeps a reply whose first message is gone', () => {
  expect(threadsIn([message('2', { threadTs: '1' })]).heads).toHaveLength(1);
});
