/**
 * Outbound HTTP to providers. Every adapter has a client of its own, with connections of its own, so that a provider
 * that hangs keeps nobody else waiting. An answer is read up to a limit and within a deadline; redirects are not
 * followed, because a request that moves money has one address.
 */
import type { Agent } from 'node:http';
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { http, https } from '../core/node-http.ts';

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** Whatever the provider answered, also a 500: what it means is the adapter's to say. */
export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

/** Sends a request once. Rejects with a `NoAnswerError` when nothing readable came back. */
export type SendHttp = (request: HttpRequest) => Promise<HttpAnswer>;

/** The request may or may not have arrived: nobody knows what became of it. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError';
}

/** Shorter than the 10 s a client of ours waits, so that the reason is known before the answer is due. */
export const ANSWER_DEADLINE_MS = 9 * SECOND_MS;

/** No status of a payment is longer; a page of an account's history is the longest that is asked for. */
export const ANSWER_BYTES_MAX = 4 * 1_024 * 1_024;

/** How long an idle connection is kept: shorter than the time after which servers close theirs, because a POST on a closed one is in doubt. */
const IDLE_CONNECTION_MS = 4 * SECOND_MS;

export function providerHttp(clock: Clock): SendHttp {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS }),
    'https:': new https.Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS }),
  };
  return (request) => send(request, clock, agents);
}

function send({ method, url, headers, body }: HttpRequest, clock: Clock, agents: Record<'http:' | 'https:', Agent>): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { protocol } = new URL(url) as URL & { protocol: 'http:' | 'https:' };
    const request = (protocol === 'https:' ? https : http).request(url, {
      method,
      agent: agents[protocol],
      headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    const giveUp = (reason: string, cause?: unknown) => {
      cancelDeadline();
      request.destroy();
      reject(new NoAnswerError(reason, { cause }));
    };
    const cancelDeadline = clock.after(ANSWER_DEADLINE_MS, () => giveUp(`no answer within ${ANSWER_DEADLINE_MS / SECOND_MS} s`));
    request.on('error', (error: NodeJS.ErrnoException) => giveUp(error.code ?? error.message, error));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) giveUp(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
      });
      response.on('error', (error) => giveUp('the answer broke off', error));
      response.on('close', () => {
        if (!response.complete) giveUp('the answer broke off');
      });
      response.on('end', () => {
        cancelDeadline();
        resolve({ status: response.statusCode!, headers: response.headers, body: withoutCredentials(Buffer.concat(chunks).toString('utf8'), headers) });
      });
    });
    request.end(body);
  });
}

/** The headers by which a request proves whose it is. */
const CREDENTIALS = ['authorization', 'x-api-key'];

/** Shorter ones, or such without a letter, could be anything in an answer: an amount, an id. */
const CREDENTIAL = /^(?=.*\p{L}).{8,}$/u;

/**
 * An answer without the key that it answers to: "Invalid API key: …" would go on to a log, and as why a payment was refused
 * to whoever asked for it.
 */
function withoutCredentials(body: string, headers: HttpRequest['headers']): string {
  const sent = Object.entries(headers).flatMap(([name, value]) => (CREDENTIALS.includes(name.toLowerCase()) ? [value.replace(/^Bearer /i, '')] : []));
  return sent.filter((each) => CREDENTIAL.test(each)).reduce((text, each) => text.replace(spellingsOf(each), '…'), body);
}

/** A key as it is, and as it stands in JSON and in an address: PHP writes `/` as `\/` there, .NET `+` as `\u002B`. */
function spellingsOf(key: string): RegExp {
  const spelled = key.replace(/\W/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0');
    return String.raw`(?:\\?\x${code}|\\u00${code}|%${code})`;
  });
  return new RegExp(spelled, 'gi');
}

/** The JSON of an answer, or undefined when it is something else: a proxy's page, an empty body, half an object. */
export function jsonOf({ body }: Pick<HttpAnswer, 'body'>): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * A page instead of an answer: somebody on the way says that something is forbidden, not found or too much. Some pass a
 * request on and then block its answer, so that is no refusal, whatever its status.
 */
export function isPage(answer: Pick<HttpAnswer, 'body'>): boolean {
  return answer.body !== '' && jsonOf(answer) === undefined;
}

/** Whether the provider itself does not let us ask, whatever is asked: our credentials, or our address. */
export function isForbidden(answer: HttpAnswer): boolean {
  return (answer.status === 401 || answer.status === 403) && !isPage(answer);
}

/** Throws where what came back is no answer to what was asked: a page, a key that is not taken, too many questions, a failure of its own. */
export function insistOnAnswer(answer: HttpAnswer, who: string): HttpAnswer {
  const isNone = isPage(answer) || isForbidden(answer) || answer.status === 429 || answer.status >= 500;
  if (isNone) throw new Error(`${who} answered ${answer.status}`);
  return answer;
}
