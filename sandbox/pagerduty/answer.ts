/** What an API answers; a string is sent as plain text. */
export interface Answer {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The REST API's error object (PagerDuty documentation, "Errors"). */
export function restError(status: number, code: number, message: string, errors?: readonly string[]): Answer {
  return { status, body: { error: { message, code, ...(errors ? { errors } : {}) } } };
}

/** @param reset seconds until the limit is reset (PagerDuty documentation, "REST API Rate Limits") */
export function rateLimited(limit: number, reset: number): Answer {
  return { ...restError(429, 2020, 'Rate Limit Exceeded'), headers: rateHeaders(limit, 0, reset) };
}

export function rateHeaders(limit: number, remaining: number, reset: number): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(reset),
  };
}
