import { describe } from 'vitest';
import { crashes } from './crashes.js';

describe('with alarms in Postgres', () => crashes('Postgres'));
