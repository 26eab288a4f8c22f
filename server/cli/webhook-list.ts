import { isoTime } from '../core/clock.ts';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../webhooks/deliveries.ts';
import { DeliveryLog, type LoggedAttempt, type LoggedDelivery } from '../webhooks/delivery-log.ts';
import { type Endpoint, WebhookEndpoints } from '../webhooks/endpoints.ts';
import { type Command, UsageError } from './command.ts';
import { columns } from './help.ts';
import { appNamed, inWorkspace } from './workspace.ts';

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 1_000;

export const command: Command = {
  options: {
    app: { type: 'text', value: 'SLUG', about: 'only those of this app' },
    status: { type: 'text', value: 'STATUS', choices: DELIVERY_STATUSES, about: 'pending, delivered, failed (given up) or disabled (its address is)' },
    limit: { type: 'amount', value: 'COUNT', about: `how many deliveries, the newest first; ${LIMIT_DEFAULT} by default` },
  },
  run: (args) => {
    const limit = args.amount('limit') ?? LIMIT_DEFAULT;
    if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw new UsageError(`--limit takes a whole number from 1 to ${LIMIT_MAX}`);
    return inWorkspace(async ({ store, apps }) => {
      const slug = args.optional('app');
      const appId = slug === undefined ? undefined : (await appNamed(apps, slug)).id;
      const status = args.optional('status') as DeliveryStatus | undefined;
      const deliveries = await new DeliveryLog({ store }).list({ appId, status, limit });
      const endpoints = await new WebhookEndpoints({ store }).troubled(appId);
      return {
        json: { deliveries: deliveries.map(deliveryJson), endpoints: endpoints.map(endpointJson) },
        text: [
          ...(deliveries.length === 0 ? ['No deliveries.'] : columns(deliveries.map((each) => [String(each.id), deliveryLine(each)]))),
          ...(endpoints.length === 0 ? [] : ['', 'Addresses in trouble:', ...columns(endpoints.map(endpointLine))]),
        ].join('\n'),
      };
    });
  },
};

export function deliveryJson(delivery: LoggedDelivery): object {
  return {
    id: delivery.id,
    webhook_id: delivery.webhookId,
    event: delivery.event,
    app: delivery.appSlug,
    reference: delivery.reference,
    url: delivery.url,
    status: delivery.status,
    attempts: delivery.attempts,
    created_at: isoTime(delivery.createdAt),
    next_attempt_at: delivery.nextAttemptAt === null ? null : isoTime(delivery.nextAttemptAt),
    last_attempt: delivery.lastAttempt === null ? null : attemptJson(delivery.lastAttempt),
  };
}

export function attemptJson(attempt: LoggedAttempt): object {
  return {
    at: isoTime(attempt.startedAt),
    duration_ms: attempt.durationMs,
    response_status: attempt.responseStatus,
    response_body: attempt.responseBody,
    error: whatWentWrong(attempt),
  };
}

export function deliveryLine({ event, reference, appSlug, url, status, attempts, nextAttemptAt, lastAttempt }: LoggedDelivery): string {
  const times = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  const last = lastAttempt === null ? '' : `, last: ${attemptInWords(lastAttempt)}`;
  const next = nextAttemptAt === null ? '' : `, next at ${isoTime(nextAttemptAt)}`;
  return `${event} of ${reference} (${appSlug}) to ${url}: ${status}, ${times}${last}${next}`;
}

export function attemptInWords(attempt: LoggedAttempt): string {
  const { responseStatus, durationMs } = attempt;
  const said = [responseStatus === null ? '' : `answered ${responseStatus}`, whatWentWrong(attempt)].filter(Boolean).join(': ');
  return `${said} after ${durationMs} ms`;
}

/** A receiver behind a redirect (http to https, a trailing slash) looks healthy to whoever opens it in a browser. */
function whatWentWrong({ responseStatus, error }: LoggedAttempt): string {
  const isRedirect = responseStatus !== null && responseStatus >= 300 && responseStatus < 400;
  return isRedirect ? 'a redirect, which is not followed; set the address it leads to' : error;
}

function endpointJson({ appSlug, url, failingSince, disabledAt, disabledReason }: Endpoint): object {
  return {
    app: appSlug,
    url,
    failing_since: isoTime(failingSince),
    disabled_at: disabledAt === null ? null : isoTime(disabledAt),
    disabled_reason: disabledReason,
  };
}

function endpointLine({ appSlug, url, failingSince, disabledAt, disabledReason }: Endpoint): [string, string] {
  const state = disabledAt === null ? `failing since ${isoTime(failingSince)}` : `disabled ${isoTime(disabledAt)}: ${disabledReason}`;
  return [`${appSlug} ${url}`, state];
}
