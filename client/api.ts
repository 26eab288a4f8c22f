/** The API, as types. Generated from the OpenAPI document by `npm run client`: change the server, not this file. */

export interface paths {
    "/api-proxy.php/create-payment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a mobile money payment in Tanzania
         * @description The same under the address that Dukuzi’s own clients use. Asks a phone in Tanzania for the price of a product of yours. A server may name any amount from TZS 100; a request from a browser, which carries an `Origin`, only the product’s price.
         */
        post: operations["createDukuziPaymentAtApiProxy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-proxy.php/transaction/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check a transaction’s status
         * @description The same under the address that Dukuzi’s own clients use. Times are East Africa Time. A payment that nobody approved within four hours is `expired`.
         */
        get: operations["getDukuziTransactionAtApiProxy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/provider-health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check the health of every provider line
         * @description Every network of each configured provider and of the sandbox, which carries all test payments. Where ioTec is not configured its name is the sandbox’s in Uganda, because only test payments can use it. While a line is unhealthy, collect and disburse answer 503 PROVIDER_LINE_DOWN.
         */
        get: operations["getProviderHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/store/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an item
         * @description Anything that can be bought by its slug: a product, a payment link, a checkout session that can still be paid. `amount` is null where the buyer chooses it, between `min_amount` and `max_amount`.
         */
        get: operations["getItem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/store/{slug}/pay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start paying for an item
         * @description The price is the server’s: an `amount` is taken only where the buyer chooses it. A checkout session that waits for a payment answers with that one, and a card left for a phone is ended first. Make one `Idempotency-Key` for each attempt, before the first request, and repeat it with every retry. A card payment is finished in the browser with its `client_secret`: the same request with the same key answers it again while the payment waits, also where the provider was too slow to be in the first answer.
         */
        post: operations["payForItem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/store/shop/{appSlug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a shop and its items */
        get: operations["getShop"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/store/status/{reference}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check a payment’s status, as JSON or (Accept: text/event-stream) as a stream of the same document
         * @description The payment as JSON, or as a stream with `Accept: text/event-stream`: every event is this whole document again, with a rising id; a heartbeat comes every 15 seconds; the stream ends after a terminal status. Shows no phone number and no secret. With `fresh=true` the provider is asked, at most every two seconds about one payment: for a buyer who has just paid, or comes back to look. The JSON waits for its answer, up to six seconds; the stream tells it when it comes. A provider that is asked enough, or is slow, is not asked for it: the answer is then the status as it stands.
         */
        get: operations["getPaymentStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/create-payment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a mobile money payment in Tanzania
         * @description Asks a phone in Tanzania for the price of a product of yours. A server may name any amount from TZS 100; a request from a browser, which carries an `Origin`, only the product’s price.
         */
        post: operations["createDukuziPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/transaction/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check a transaction’s status
         * @description Times are East Africa Time. A payment that nobody approved within four hours is `expired`.
         */
        get: operations["getDukuziTransaction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/checkout/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a checkout session
         * @description Something your own server sells once, at a price of its own: send the buyer to `url`, or put `<pay-button item="slug">` on your page. It is sold in the mode of the key. While a payment of it waits, whoever asks for another is answered with that one; when one has completed, it is for sale no more. (A payment that failed, and is completed late by its network after another one was made, is real money all the same: both are told with the session’s `metadata`, and `malipo review list` shows that it was paid twice, for you to refund one.) Its `metadata` comes with the payment and in its webhooks. Whoever knows the slug can pay, and read on its page the phone number of `customer`.
         */
        post: operations["createCheckoutSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/checkout/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a checkout session
         * @description How a checkout session stands. `completed` means that the payment of that `reference` has.
         */
        get: operations["getCheckoutSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/collect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Collect money from a customer
         * @description Asks a customer’s phone for the money, or opens a card payment. The answer comes before the customer has approved: the payment is `pending` until a webhook or `POST /v1/webhooks/verify` says otherwise. Send an `Idempotency-Key` with every order, so that a repeated request is never a second charge.
         *
         *     For a card name `stripe` (or a card currency): the answer carries `client_secret` and `stripe_publishable_key` for Stripe’s payment form. With `provider: relworx` and `method: card` it carries a `redirect_url`: the page on which the customer pays.
         */
        post: operations["collect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/disburse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send money to a phone
         * @description Takes the amount out of the app’s wallet at this provider, in this currency; a test key pays from a float without limit. While the outcome is not known the amount is held: it is never sent a second time, and comes back only when the provider says that it failed.
         */
        post: operations["disburse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List transactions, newest first
         * @description Newest first. An empty filter is no filter. Go through a large book with `starting_after`, whose pages cost the same however far on they are, until `meta.has_more` is false. An expired payment is listed as failed with the reason “expired”.
         */
        get: operations["listTransactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/transactions/{reference}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a transaction by reference
         * @description As it stands in the books; the provider is not asked. A reference of another app, or of the other mode, is unknown here.
         */
        get: operations["getTransaction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get wallet balances per provider and currency
         * @description What was collected, less fees, disbursements and withdrawals; what is on its way out is no longer in it.
         */
        get: operations["listWallets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive a provider’s callback
         * @description For payment providers alone. A callback is authenticated in its provider’s own way, stored once, and answered at once; what it says is believed only after the provider was asked. Those of `dgateway` and `dukuzi` carry no signature: they are a hint to ask, and one about nothing of ours is answered and forgotten.
         */
        post: operations["receiveProviderCallback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the provider for a transaction’s current status
         * @description Asks the provider, unless it was asked less than three seconds ago, and answers what is known then. `pending` means that nobody knows yet: it is not a failure. May be polled every few seconds; it has a larger limit of its own.
         */
        post: operations["verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/withdrawals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List withdrawals, newest first */
        get: operations["listWithdrawals"];
        put?: never;
        /**
         * Withdraw from a wallet to a phone or a bank account
         * @description A phone is paid at once; while the outcome is not known the withdrawal is pending and its amount held. A bank transfer is pending until the operator has made it.
         */
        post: operations["createWithdrawal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "dukuzi.transaction": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A payment’s status changed, in the Dukuzi dialect
         * @description For apps whose webhook format is `dukuzi`. Answer any 2xx within a few seconds; anything else is tried again for about three days. The same event may come more than once: recognise it by `webhook-id`. Check `webhook-signature` (Standard Webhooks) or `X-DGateway-Signature` (hex HMAC-SHA256 of the raw body) with the app’s secret before believing a word. A payment that failed may still be completed later; a completed one stays so, and is followed by `transaction.refunded` or `transaction.reversed` when its money goes back; a refund that its bank or network sends back later by `transaction.refund_failed`, and what a provider gives back again by `transaction.restored`.
         */
        post: operations["dukuziTransaction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "transaction.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A payment or payout was completed
         * @description Answer any 2xx within a few seconds; anything else is tried again for about three days. The same event may come more than once: recognise it by `webhook-id`. Check `webhook-signature` (Standard Webhooks) or `X-DGateway-Signature` (hex HMAC-SHA256 of the raw body) with the app’s secret before believing a word. A payment that failed may still be completed later; a completed one stays so, and is followed by `transaction.refunded` or `transaction.reversed` when its money goes back; a refund that its bank or network sends back later by `transaction.refund_failed`, and what a provider gives back again by `transaction.restored`.
         */
        post: operations["transactionCompleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "transaction.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A payment or payout failed, or expired
         * @description Answer any 2xx within a few seconds; anything else is tried again for about three days. The same event may come more than once: recognise it by `webhook-id`. Check `webhook-signature` (Standard Webhooks) or `X-DGateway-Signature` (hex HMAC-SHA256 of the raw body) with the app’s secret before believing a word. A payment that failed may still be completed later; a completed one stays so, and is followed by `transaction.refunded` or `transaction.reversed` when its money goes back; a refund that its bank or network sends back later by `transaction.refund_failed`, and what a provider gives back again by `transaction.restored`.
         */
        post: operations["transactionFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "transaction.refund_failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A refund that had gone through came back: its customer does not have the money, and it can be refunded again
         * @description Answer any 2xx within a few seconds; anything else is tried again for about three days. The same event may come more than once: recognise it by `webhook-id`. Check `webhook-signature` (Standard Webhooks) or `X-DGateway-Signature` (hex HMAC-SHA256 of the raw body) with the app’s secret before believing a word. A payment that failed may still be completed later; a completed one stays so, and is followed by `transaction.refunded` or `transaction.reversed` when its money goes back; a refund that its bank or network sends back later by `transaction.refund_failed`, and what a provider gives back again by `transaction.restored`.
         */
        post: operations["transactionRefundFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "transaction.refunded": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Money of a completed payment is back with its customer, all or a part
         * @description Answer any 2xx within a few seconds; anything else is tried again for about three days. The same event may come more than once: recognise it by `webhook-id`. Check `webhook-signature` (Standard Webhooks) or `X-DGateway-Signature` (hex HMAC-SHA256 of the raw body) with the app’s secret before believing a word. A payment that failed may still be completed later; a completed one stays so, and is followed by `transaction.refunded` or `transaction.reversed` when its money goes back; a refund that its bank or network sends back later by `transaction.refund_failed`, and what a provider gives back again by `transaction.restored`.
         */
        post: operations["transactionRefunded"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "transaction.restored": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A provider gave back what it had taken of a completed payment: a dispute was won after all; or a payout that had come back was paid after all
         * @description Answer any 2xx within a few seconds; anything else is tried again for about three days. The same event may come more than once: recognise it by `webhook-id`. Check `webhook-signature` (Standard Webhooks) or `X-DGateway-Signature` (hex HMAC-SHA256 of the raw body) with the app’s secret before believing a word. A payment that failed may still be completed later; a completed one stays so, and is followed by `transaction.refunded` or `transaction.reversed` when its money goes back; a refund that its bank or network sends back later by `transaction.refund_failed`, and what a provider gives back again by `transaction.restored`.
         */
        post: operations["transactionRestored"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "transaction.reversed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A provider took a completed payment or payout back
         * @description Answer any 2xx within a few seconds; anything else is tried again for about three days. The same event may come more than once: recognise it by `webhook-id`. Check `webhook-signature` (Standard Webhooks) or `X-DGateway-Signature` (hex HMAC-SHA256 of the raw body) with the app’s secret before believing a word. A payment that failed may still be completed later; a completed one stays so, and is followed by `transaction.refunded` or `transaction.reversed` when its money goes back; a refund that its bank or network sends back later by `transaction.refund_failed`, and what a provider gives back again by `transaction.restored`.
         */
        post: operations["transactionReversed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        DukuziError: {
            error: string;
        };
        DukuziEvent: {
            amount: number;
            /** @description East Africa Time */
            completed_at: string | null;
            customer_phone: string;
            /**
             * @description No real money moved: hand nothing over for it. Absent where it did
             * @constant
             */
            is_test?: true;
            /** @enum {string} */
            status: "completed" | "failed" | "expired" | "refunded" | "refund_failed" | "reversed" | "restored";
            transaction_id: number;
        };
        /** @description Every refusal. `message` is the same text twice: clients look for it in both places. */
        Error: {
            error: {
                code: components["schemas"]["ErrorCode"];
                message: string;
            };
            message: string;
        };
        /**
         * @description What went wrong, for programs
         * @enum {string}
         */
        ErrorCode: "VALIDATION_ERROR" | "INVALID_PHONE" | "INVALID_CURRENCY" | "INVALID_PROVIDER" | "PROVIDER_ERROR" | "PROVIDER_LINE_DOWN" | "INSUFFICIENT_BALANCE" | "TEST_MODE" | "TEST_NUMBER_ON_LIVE_KEY" | "AUTHENTICATION_ERROR" | "ORIGIN_NOT_ALLOWED" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "IDEMPOTENCY_CONFLICT" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "RATE_LIMIT" | "DB_ERROR" | "INTERNAL_ERROR" | "UNAVAILABLE";
        /** @description The payment is in `data`; what most receivers read of it is repeated at the top. */
        TransactionEvent: {
            amount: number;
            /** @enum {string} */
            currency: "UGX" | "KES" | "TZS" | "RWF" | "USD" | "EUR" | "GBP";
            data: {
                amount: number;
                /** @enum {string} */
                currency: "UGX" | "KES" | "TZS" | "RWF" | "USD" | "EUR" | "GBP";
                /** @enum {string} */
                direction: "collect" | "disburse";
                failure_reason: string;
                /** @description Whether no real money moved: hand nothing over for it. Absent in what an earlier release recorded */
                is_test?: boolean;
                /** @description What you gave with the payment */
                metadata: {
                    [key: string]: unknown;
                };
                phone_number: string;
                provider: string;
                provider_ref: string;
                reason?: string;
                reference: string;
                /** @description What went back with this refund, or came back of it */
                refund_amount?: number;
                /** @description Ours, or Stripe’s (`re_…`) where the refund was made in its dashboard */
                refund_reference?: string;
                /** @description What went back in all */
                refunded_amount?: number;
                /** @description What of that it has given back again */
                restored_amount?: number;
                /** @description What the provider took back */
                reversed_amount?: number;
                /** @enum {string} */
                status: "completed" | "failed" | "refunded" | "refund_failed" | "reversed" | "restored";
            };
            /** @enum {string} */
            event: "transaction.completed" | "transaction.failed" | "transaction.refunded" | "transaction.refund_failed" | "transaction.reversed" | "transaction.restored";
            failure_reason: string;
            reference: string;
            /** @enum {string} */
            status: "completed" | "failed" | "refunded" | "refund_failed" | "reversed" | "restored";
            timestamp: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    createDukuziPaymentAtApiProxy: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body answers the first answer again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description TZS */
                    amount: number | string;
                    /** @example john@example.com */
                    customer_email?: string | null;
                    /** @example John Doe */
                    customer_name?: string | null;
                    /** @example 255712345678 */
                    phone_number: string;
                    product_id: number | string;
                };
            };
        };
        responses: {
            /** @description The prompt is on its way to the phone */
            200: {
                headers: {
                    /** @description `true` when this is an earlier request’s answer again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                        /** @enum {string} */
                        status: "pending" | "completed" | "failed" | "expired";
                        /** @enum {boolean} */
                        success: true;
                        transaction_id: number;
                    };
                };
            };
            /**
             * @description `VALIDATION_ERROR`: The request is not valid.
             *     `INVALID_PHONE`: Phone number format invalid.
             *     `TEST_NUMBER_ON_LIVE_KEY`: This is a sandbox number: use it with a test API key.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `ORIGIN_NOT_ALLOWED`: This website may not use this shop. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `IDEMPOTENCY_CONFLICT`: This Idempotency-Key was used with another request. */
            409: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: Send the body as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /**
             * @description `DB_ERROR`: Internal database error.
             *     `INTERNAL_ERROR`: Something went wrong on our side.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /**
             * @description `PROVIDER_ERROR`: Provider not configured or returned an error.
             *     `PROVIDER_LINE_DOWN`: The line to this network is currently down.
             */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
        };
    };
    getDukuziTransactionAtApiProxy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Paid */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        amount: number;
                        completed_at: string | null;
                        created_at: string;
                        currency: string;
                        /** @enum {string} */
                        status: "pending" | "completed" | "failed" | "expired";
                        transaction_id: number;
                    };
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `ORIGIN_NOT_ALLOWED`: This website may not use this shop. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `NOT_FOUND`: Resource not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
        };
    };
    getProviderHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Airtel is down */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @example UGX */
                            currency: string;
                            /** @description Only while the line is not healthy */
                            failing_since?: string;
                            is_healthy: boolean;
                            /** @description The last daily check (06:00 UTC); null until there was one */
                            last_check_at: string | null;
                            /** @description Empty while the line is healthy */
                            last_error: string;
                            /** @example iotec */
                            provider_slug: string;
                            /** @enum {string} */
                            vendor: "mtn" | "airtel" | "safaricom" | "telkom" | "vodacom" | "yas" | "halotel" | "ttcl";
                        }[];
                    };
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getItem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A product */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number | null;
                            app: {
                                name: string;
                                slug: string;
                            };
                            /** @enum {string} */
                            currency: "UGX" | "KES" | "TZS" | "RWF" | "USD" | "EUR" | "GBP";
                            description: string;
                            image_url: string;
                            is_test: boolean;
                            /** @enum {string} */
                            kind: "product" | "link" | "plan" | "session";
                            max_amount: number | null;
                            methods: ({
                                /** @enum {string} */
                                country: "UG" | "KE" | "TZ" | "RW";
                                networks: {
                                    healthy: boolean;
                                    /** @enum {string} */
                                    id: "mtn" | "airtel" | "safaricom" | "telkom" | "vodacom" | "yas" | "halotel" | "ttcl";
                                    name: string;
                                }[];
                                /** @enum {string} */
                                type: "mobile_money";
                            } | {
                                publishable_key: string;
                                /** @enum {string} */
                                type: "card";
                            })[];
                            min_amount: number | null;
                            name: string;
                            slug: string;
                            suggested_amounts: number[];
                        };
                    };
                };
            };
            /** @description `ORIGIN_NOT_ALLOWED`: This website may not use this shop. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: Resource not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    payForItem: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body answers the first answer again */
                "Idempotency-Key"?: string;
            };
            path: {
                slug: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description For items whose amount the buyer chooses */
                    amount?: number | null;
                    customer_email?: string | null;
                    customer_name?: string | null;
                    /** @description In place of the header, which costs a browser a preflight */
                    idempotency_key?: string | null;
                    metadata?: {
                        [key: string]: unknown;
                    } | null;
                    method?: ("mobile_money" | "card") | null;
                    /**
                     * @description Where the buyer corrected the guess from the prefix
                     * @example mtn
                     */
                    network?: string | null;
                    /** @example 0772123456 */
                    phone_number?: string | null;
                    provider?: string | null;
                    quantity?: number | null;
                };
            };
        };
        responses: {
            /** @description The prompt is on its way to the phone */
            201: {
                headers: {
                    /** @description `true` when this is an earlier request’s answer again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number;
                            /** @description True where another number is being asked already to pay for what is sold once, and this one is not; else absent */
                            asks_another?: boolean;
                            client_secret: string;
                            /** @enum {string} */
                            currency: "UGX" | "KES" | "TZS" | "RWF" | "USD" | "EUR" | "GBP";
                            expires_at: string;
                            network: ("mtn" | "airtel" | "safaricom" | "telkom" | "vodacom" | "yas" | "halotel" | "ttcl") | "";
                            provider: string;
                            redirect_url?: string;
                            reference: string;
                            /** @enum {string} */
                            status: "pending" | "completed" | "failed" | "expired";
                            stripe_publishable_key: string;
                        };
                        message: string;
                    };
                };
            };
            /**
             * @description `VALIDATION_ERROR`: The request is not valid.
             *     `INVALID_PHONE`: Phone number format invalid.
             *     `INVALID_CURRENCY`: Currency not supported.
             *     `INVALID_PROVIDER`: Provider not supported.
             *     `PROVIDER_ERROR`: Provider not configured or returned an error.
             *     `TEST_NUMBER_ON_LIVE_KEY`: This is a sandbox number: use it with a test API key.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `ORIGIN_NOT_ALLOWED`: This website may not use this shop. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: Resource not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `IDEMPOTENCY_CONFLICT`: This Idempotency-Key was used with another request. */
            409: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: Send the body as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /**
             * @description `DB_ERROR`: Internal database error.
             *     `INTERNAL_ERROR`: Something went wrong on our side.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /**
             * @description `PROVIDER_LINE_DOWN`: The line to this network is currently down.
             *     `UNAVAILABLE`: The server or its database is not available at the moment.
             */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getShop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                appSlug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A shop with one item */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            app: {
                                logo_url: string;
                                name: string;
                                slug: string;
                                theme: {
                                    [key: string]: string;
                                };
                            };
                            items: {
                                amount: number | null;
                                app: {
                                    name: string;
                                    slug: string;
                                };
                                /** @enum {string} */
                                currency: "UGX" | "KES" | "TZS" | "RWF" | "USD" | "EUR" | "GBP";
                                description: string;
                                image_url: string;
                                is_test: boolean;
                                /** @enum {string} */
                                kind: "product" | "link" | "plan" | "session";
                                max_amount: number | null;
                                methods: ({
                                    /** @enum {string} */
                                    country: "UG" | "KE" | "TZ" | "RW";
                                    networks: {
                                        healthy: boolean;
                                        /** @enum {string} */
                                        id: "mtn" | "airtel" | "safaricom" | "telkom" | "vodacom" | "yas" | "halotel" | "ttcl";
                                        name: string;
                                    }[];
                                    /** @enum {string} */
                                    type: "mobile_money";
                                } | {
                                    publishable_key: string;
                                    /** @enum {string} */
                                    type: "card";
                                })[];
                                min_amount: number | null;
                                name: string;
                                slug: string;
                                suggested_amounts: number[];
                            }[];
                        };
                    };
                };
            };
            /** @description `ORIGIN_NOT_ALLOWED`: This website may not use this shop. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: Resource not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getPaymentStatus: {
        parameters: {
            query?: {
                /** @description Whether to ask the provider, for a buyer who waits */
                fresh?: "true" | "false";
            };
            header?: never;
            path: {
                reference: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Waiting for the phone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number;
                            completed_at: string | null;
                            created_at: string;
                            /** @enum {string} */
                            currency: "UGX" | "KES" | "TZS" | "RWF" | "USD" | "EUR" | "GBP";
                            expires_at: string;
                            /** @enum {string} */
                            failure_code: "" | "insufficient_funds" | "declined" | "card_declined" | "expired" | "provider_refused" | "failed";
                            failure_reason: string;
                            is_test: boolean;
                            item: {
                                name: string;
                                slug: string;
                            } | null;
                            network: ("mtn" | "airtel" | "safaricom" | "telkom" | "vodacom" | "yas" | "halotel" | "ttcl") | "";
                            provider: string;
                            reference: string;
                            /** @enum {string} */
                            status: "pending" | "completed" | "failed" | "expired";
                        };
                    };
                    "text/event-stream": string;
                };
            };
            /** @description `VALIDATION_ERROR`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `ORIGIN_NOT_ALLOWED`: This website may not use this shop. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: Resource not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createDukuziPayment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body answers the first answer again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description TZS */
                    amount: number | string;
                    /** @example john@example.com */
                    customer_email?: string | null;
                    /** @example John Doe */
                    customer_name?: string | null;
                    /** @example 255712345678 */
                    phone_number: string;
                    product_id: number | string;
                };
            };
        };
        responses: {
            /** @description The prompt is on its way to the phone */
            200: {
                headers: {
                    /** @description `true` when this is an earlier request’s answer again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                        /** @enum {string} */
                        status: "pending" | "completed" | "failed" | "expired";
                        /** @enum {boolean} */
                        success: true;
                        transaction_id: number;
                    };
                };
            };
            /**
             * @description `VALIDATION_ERROR`: The request is not valid.
             *     `INVALID_PHONE`: Phone number format invalid.
             *     `TEST_NUMBER_ON_LIVE_KEY`: This is a sandbox number: use it with a test API key.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `ORIGIN_NOT_ALLOWED`: This website may not use this shop. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `IDEMPOTENCY_CONFLICT`: This Idempotency-Key was used with another request. */
            409: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: Send the body as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /**
             * @description `DB_ERROR`: Internal database error.
             *     `INTERNAL_ERROR`: Something went wrong on our side.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /**
             * @description `PROVIDER_ERROR`: Provider not configured or returned an error.
             *     `PROVIDER_LINE_DOWN`: The line to this network is currently down.
             */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
        };
    };
    getDukuziTransaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Paid */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        amount: number;
                        completed_at: string | null;
                        created_at: string;
                        currency: string;
                        /** @enum {string} */
                        status: "pending" | "completed" | "failed" | "expired";
                        transaction_id: number;
                    };
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `ORIGIN_NOT_ALLOWED`: This website may not use this shop. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `NOT_FOUND`: Resource not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DukuziError"];
                };
            };
        };
    };
    createCheckoutSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body answers the first answer again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Major units; whole for UGX and RWF
                     * @example 50000
                     */
                    amount: number;
                    /**
                     * @description Where it leads back to
                     * @example https://myapp.com/cart
                     */
                    cancel_url?: string | null;
                    /** @example UGX */
                    currency: string;
                    /**
                     * @description Who pays; the number is written into the form on the server’s own page
                     * @example {
                     *       "name": "Jane Doe",
                     *       "email": "jane@example.com"
                     *     }
                     */
                    customer?: {
                        email?: string | null;
                        name?: string | null;
                        phone_number?: string | null;
                    } | null;
                    /**
                     * @description What the buyer reads; the app’s name when absent
                     * @example Order #1234
                     */
                    description?: string | null;
                    /** @description Seconds in which a payment can be begun, 300 to 2592000; 86400 when absent */
                    expires_in?: number | null;
                    /**
                     * @description Comes with its payment and in the webhooks
                     * @example {
                     *       "order_id": "1234"
                     *     }
                     */
                    metadata?: {
                        [key: string]: unknown;
                    } | null;
                    /** @description To confine it to; all that take the amount when absent */
                    methods?: ("mobile_money" | "card")[] | null;
                    /**
                     * @description Where the server’s own page leads when it is paid; `reference` is added to its query
                     * @example https://myapp.com/thanks
                     */
                    success_url?: string | null;
                };
            };
        };
        responses: {
            /** @description Ready to be paid */
            201: {
                headers: {
                    /** @description `true` when this is an earlier request’s answer again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number;
                            created_at: string;
                            /** @enum {string} */
                            currency: "UGX" | "KES" | "TZS" | "RWF" | "USD" | "EUR" | "GBP";
                            description: string;
                            expires_at: string;
                            id: number;
                            is_test: boolean;
                            metadata: {
                                [key: string]: unknown;
                            };
                            /** @description Of the payment that completed it, else of the latest; null while nobody has tried */
                            reference: string | null;
                            /** @description The `item` of a pay button */
                            slug: string;
                            /** @enum {string} */
                            status: "open" | "completed" | "expired";
                            /** @description The server’s own page on which it is paid */
                            url: string;
                        };
                        message: string;
                    };
                };
            };
            /**
             * @description `VALIDATION_ERROR`: The request is not valid.
             *     `INVALID_PHONE`: Phone number format invalid.
             *     `INVALID_CURRENCY`: Currency not supported.
             *     `PROVIDER_ERROR`: Provider not configured or returned an error.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `IDEMPOTENCY_CONFLICT`: This Idempotency-Key was used with another request. */
            409: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: Send the body as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /**
             * @description `DB_ERROR`: Internal database error.
             *     `INTERNAL_ERROR`: Something went wrong on our side.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCheckoutSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Paid */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number;
                            created_at: string;
                            /** @enum {string} */
                            currency: "UGX" | "KES" | "TZS" | "RWF" | "USD" | "EUR" | "GBP";
                            description: string;
                            expires_at: string;
                            id: number;
                            is_test: boolean;
                            metadata: {
                                [key: string]: unknown;
                            };
                            /** @description Of the payment that completed it, else of the latest; null while nobody has tried */
                            reference: string | null;
                            /** @description The `item` of a pay button */
                            slug: string;
                            /** @enum {string} */
                            status: "open" | "completed" | "expired";
                            /** @description The server’s own page on which it is paid */
                            url: string;
                        };
                    };
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: Resource not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    collect: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body answers the first answer again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Major units; whole for UGX and RWF
                     * @example 50000
                     */
                    amount: number;
                    /** @example https://myapp.com/hook */
                    callback_url?: string | null;
                    /** @example UGX */
                    currency: string;
                    /** @example Order #1234 */
                    description?: string | null;
                    /**
                     * @example {
                     *       "order_id": "123"
                     *     }
                     */
                    metadata?: {
                        [key: string]: unknown;
                    } | null;
                    /** @description `card` where the provider takes phones as well; otherwise it follows from provider and currency */
                    method?: ("mobile_money" | "card") | null;
                    /**
                     * @description Required for mobile money
                     * @example 256771234567
                     */
                    phone_number?: string | null;
                    /**
                     * @description The first that takes the amount, by currency, when absent
                     * @example iotec
                     */
                    provider?: string | null;
                };
            };
        };
        responses: {
            /** @description The prompt is on its way to the phone */
            200: {
                headers: {
                    /** @description `true` when this is an earlier request’s answer again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number;
                            client_secret: string;
                            currency: string;
                            phone_number: string;
                            provider: string;
                            provider_ref: string;
                            raw_response: {
                                [key: string]: unknown;
                            };
                            /** @description Send the customer there to pay, where the provider has a page of its own */
                            redirect_url?: string;
                            reference: string;
                            /** @enum {string} */
                            status: "pending" | "completed" | "failed";
                            stripe_publishable_key: string;
                        };
                        message: string;
                    };
                };
            };
            /**
             * @description `VALIDATION_ERROR`: The request is not valid.
             *     `INVALID_PHONE`: Phone number format invalid.
             *     `INVALID_CURRENCY`: Currency not supported.
             *     `INVALID_PROVIDER`: Provider not supported.
             *     `PROVIDER_ERROR`: Provider not configured or returned an error.
             *     `TEST_MODE`: Operation not allowed with a test API key.
             *     `TEST_NUMBER_ON_LIVE_KEY`: This is a sandbox number: use it with a test API key.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `IDEMPOTENCY_CONFLICT`: This Idempotency-Key was used with another request. */
            409: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: Send the body as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /**
             * @description `DB_ERROR`: Internal database error.
             *     `INTERNAL_ERROR`: Something went wrong on our side.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /**
             * @description `PROVIDER_LINE_DOWN`: The line to this network is currently down.
             *     `UNAVAILABLE`: The server or its database is not available at the moment.
             */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    disburse: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body answers the first answer again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Major units; whole for UGX and RWF
                     * @example 25000
                     */
                    amount: number;
                    /** @example https://myapp.com/hook */
                    callback_url?: string | null;
                    /** @example UGX */
                    currency: string;
                    /** @example Loan disbursement */
                    description?: string | null;
                    /**
                     * @example {
                     *       "loan_id": "123"
                     *     }
                     */
                    metadata?: {
                        [key: string]: unknown;
                    } | null;
                    /**
                     * @description Required: whom to pay
                     * @example 256771234567
                     */
                    phone_number?: string | null;
                    /**
                     * @description Chosen by currency when absent; Stripe cannot disburse
                     * @example iotec
                     */
                    provider?: string | null;
                };
            };
        };
        responses: {
            /** @description On its way */
            200: {
                headers: {
                    /** @description `true` when this is an earlier request’s answer again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number;
                            currency: string;
                            provider: string;
                            reference: string;
                            /** @enum {string} */
                            status: "pending" | "completed" | "failed";
                        };
                        message: string;
                    };
                };
            };
            /**
             * @description `VALIDATION_ERROR`: The request is not valid.
             *     `INVALID_PHONE`: Phone number format invalid.
             *     `INVALID_CURRENCY`: Currency not supported.
             *     `INVALID_PROVIDER`: Provider not supported.
             *     `INSUFFICIENT_BALANCE`: The amount exceeds the available balance.
             *     `PROVIDER_ERROR`: Provider not configured or returned an error.
             *     `TEST_MODE`: Operation not allowed with a test API key.
             *     `TEST_NUMBER_ON_LIVE_KEY`: This is a sandbox number: use it with a test API key.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `IDEMPOTENCY_CONFLICT`: This Idempotency-Key was used with another request. */
            409: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: Send the body as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /**
             * @description `DB_ERROR`: Internal database error.
             *     `INTERNAL_ERROR`: Something went wrong on our side.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /**
             * @description `PROVIDER_LINE_DOWN`: The line to this network is currently down.
             *     `UNAVAILABLE`: The server or its database is not available at the moment.
             */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listTransactions: {
        parameters: {
            query?: {
                currency?: "UGX" | "KES" | "TZS" | "RWF" | "USD" | "EUR" | "GBP";
                direction?: "collect" | "disburse";
                /**
                 * @description An ISO date, or date and time (UTC unless it says otherwise)
                 * @example 2026-03-01
                 */
                from?: string;
                /**
                 * @description Counted from 1
                 * @example 1
                 */
                page?: string;
                /** @description Another name for per_page */
                page_size?: string;
                /**
                 * @description 20 unless given, at most 100
                 * @example 20
                 */
                per_page?: string;
                /** @example 256771234567 */
                phone?: string;
                provider?: "iotec" | "relworx" | "stripe" | "dgateway" | "dukuzi" | "sandbox";
                /** @description The reference of the last row you have: the page that follows it costs the same however far on it is */
                starting_after?: string;
                status?: "pending" | "completed" | "failed";
                /**
                 * @description As from; a date includes the whole of its day
                 * @example 2026-03-31
                 */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number;
                            completed_at: string | null;
                            created_at: string;
                            currency: string;
                            description: string;
                            /** @enum {string} */
                            direction: "collect" | "disburse";
                            failure_reason: string;
                            is_test: boolean;
                            metadata: {
                                [key: string]: unknown;
                            };
                            net_amount: number;
                            phone_number: string;
                            platform_fee: number;
                            provider: string;
                            provider_ref: string;
                            provider_slug: string;
                            reference: string;
                            /** @description What went back to the customer; absent while nothing did */
                            refunded_amount?: number;
                            /** @description When the provider took it back; absent while it has not */
                            reversed_at?: string;
                            /** @enum {string} */
                            status: "pending" | "completed" | "failed";
                        }[];
                        meta: {
                            has_more: boolean;
                            page: number;
                            page_size: number;
                            pages: number;
                            per_page: number;
                            total: number;
                            total_pages: number;
                        };
                    };
                };
            };
            /** @description `VALIDATION_ERROR`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getTransaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                reference: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A completed payment */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number;
                            completed_at: string | null;
                            created_at: string;
                            currency: string;
                            description: string;
                            /** @enum {string} */
                            direction: "collect" | "disburse";
                            failure_reason: string;
                            is_test: boolean;
                            metadata: {
                                [key: string]: unknown;
                            };
                            net_amount: number;
                            phone_number: string;
                            platform_fee: number;
                            provider: string;
                            provider_ref: string;
                            provider_slug: string;
                            reference: string;
                            /** @description What went back to the customer; absent while nothing did */
                            refunded_amount?: number;
                            /** @description When the provider took it back; absent while it has not */
                            reversed_at?: string;
                            /** @enum {string} */
                            status: "pending" | "completed" | "failed";
                        };
                    };
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: Resource not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listWallets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Two wallets */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            balance: number;
                            currency: string;
                            provider: string;
                        }[];
                        message: string;
                    };
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    receiveProviderCallback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stored */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        received: true;
                    };
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: Resource not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    verify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example dgw_abc123xyz */
                    reference: string;
                };
            };
        };
        responses: {
            /** @description Paid */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number;
                            completed_at: string | null;
                            created_at: string;
                            currency: string;
                            description: string;
                            /** @enum {string} */
                            direction: "collect" | "disburse";
                            failure_reason: string;
                            is_test: boolean;
                            metadata: {
                                [key: string]: unknown;
                            };
                            net_amount: number;
                            phone_number: string;
                            platform_fee: number;
                            provider: string;
                            provider_ref: string;
                            provider_slug: string;
                            reference: string;
                            /** @description What went back to the customer; absent while nothing did */
                            refunded_amount?: number;
                            /** @description When the provider took it back; absent while it has not */
                            reversed_at?: string;
                            /** @enum {string} */
                            status: "pending" | "completed" | "failed";
                        };
                        message: string;
                    };
                };
            };
            /** @description `VALIDATION_ERROR`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `NOT_FOUND`: Resource not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: Send the body as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /**
             * @description `DB_ERROR`: Internal database error.
             *     `INTERNAL_ERROR`: Something went wrong on our side.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listWithdrawals: {
        parameters: {
            query?: {
                /**
                 * @description Counted from 1
                 * @example 1
                 */
                page?: string;
                /** @description Another name for per_page */
                page_size?: string;
                /**
                 * @description 20 unless given, at most 100
                 * @example 20
                 */
                per_page?: string;
                status?: "pending" | "completed" | "failed";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number;
                            app_id: number;
                            bank_name: string;
                            created_at: string;
                            currency: string;
                            destination: string;
                            destination_name: string;
                            id: number;
                            /** @enum {string} */
                            method: "mobile_money" | "bank_transfer";
                            /** @description Your own; of a failed withdrawal, why it failed */
                            note: string;
                            provider_slug: string;
                            /** @enum {string} */
                            status: "pending" | "completed" | "failed";
                        }[];
                        meta: {
                            has_more: boolean;
                            page: number;
                            page_size: number;
                            pages: number;
                            per_page: number;
                            total: number;
                            total_pages: number;
                        };
                    };
                };
            };
            /** @description `VALIDATION_ERROR`: The request is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something went wrong on our side. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNAVAILABLE`: The server or its database is not available at the moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createWithdrawal: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body answers the first answer again */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Major units; whole for UGX and RWF
                     * @example 500000
                     */
                    amount: number;
                    /** @description Required for a bank transfer */
                    bank_name?: string | null;
                    /** @example UGX */
                    currency: string;
                    /**
                     * @description A phone number, or an account number
                     * @example 256771234567
                     */
                    destination: string;
                    /** @example John Doe */
                    destination_name?: string | null;
                    /** @enum {string} */
                    method: "mobile_money" | "bank_transfer";
                    /** @example Monthly payout */
                    note?: string | null;
                    /**
                     * @description Whose wallet; chosen by currency when absent
                     * @example iotec
                     */
                    provider?: string | null;
                };
            };
        };
        responses: {
            /** @description Paid to the phone */
            201: {
                headers: {
                    /** @description `true` when this is an earlier request’s answer again */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            amount: number;
                            app_id: number;
                            bank_name: string;
                            created_at: string;
                            currency: string;
                            destination: string;
                            destination_name: string;
                            id: number;
                            /** @enum {string} */
                            method: "mobile_money" | "bank_transfer";
                            /** @description Your own; of a failed withdrawal, why it failed */
                            note: string;
                            provider_slug: string;
                            /** @enum {string} */
                            status: "pending" | "completed" | "failed";
                        };
                        message: string;
                    };
                };
            };
            /**
             * @description `VALIDATION_ERROR`: The request is not valid.
             *     `INVALID_PHONE`: Phone number format invalid.
             *     `INVALID_CURRENCY`: Currency not supported.
             *     `INVALID_PROVIDER`: Provider not supported.
             *     `INSUFFICIENT_BALANCE`: The amount exceeds the available balance.
             *     `PROVIDER_ERROR`: Provider not configured or returned an error.
             *     `TEST_MODE`: Operation not allowed with a test API key.
             *     `TEST_NUMBER_ON_LIVE_KEY`: This is a sandbox number: use it with a test API key.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `AUTHENTICATION_ERROR`: Invalid or missing API key. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `IDEMPOTENCY_CONFLICT`: This Idempotency-Key was used with another request. */
            409: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `PAYLOAD_TOO_LARGE`: The request body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `UNSUPPORTED_MEDIA_TYPE`: Send the body as application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description `RATE_LIMIT`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /**
             * @description `DB_ERROR`: Internal database error.
             *     `INTERNAL_ERROR`: Something went wrong on our side.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /**
             * @description `PROVIDER_LINE_DOWN`: The line to this network is currently down.
             *     `UNAVAILABLE`: The server or its database is not available at the moment.
             */
            503: {
                headers: {
                    /** @description Seconds after which to try again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Any other refusal, in the same shape */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    dukuziTransaction: {
        parameters: {
            query?: never;
            header: {
                /** @description The event’s id, the same in every attempt */
                "webhook-id": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, one for each secret that is valid */
                "webhook-signature": string;
                /** @description When this attempt was made, in seconds since 1970; refuse what is older than five minutes */
                "webhook-timestamp": string;
                /** @description Lower-case hex HMAC-SHA256 of the raw body, with the whole secret as text */
                "X-DGateway-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DukuziEvent"];
            };
        };
        responses: {
            /** @description Taken; it is not sent again */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Gone: no further event is sent to this address */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    transactionCompleted: {
        parameters: {
            query?: never;
            header: {
                /** @description The event’s id, the same in every attempt */
                "webhook-id": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, one for each secret that is valid */
                "webhook-signature": string;
                /** @description When this attempt was made, in seconds since 1970; refuse what is older than five minutes */
                "webhook-timestamp": string;
                /** @description Lower-case hex HMAC-SHA256 of the raw body, with the whole secret as text */
                "X-DGateway-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransactionEvent"];
            };
        };
        responses: {
            /** @description Taken; it is not sent again */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Gone: no further event is sent to this address */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    transactionFailed: {
        parameters: {
            query?: never;
            header: {
                /** @description The event’s id, the same in every attempt */
                "webhook-id": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, one for each secret that is valid */
                "webhook-signature": string;
                /** @description When this attempt was made, in seconds since 1970; refuse what is older than five minutes */
                "webhook-timestamp": string;
                /** @description Lower-case hex HMAC-SHA256 of the raw body, with the whole secret as text */
                "X-DGateway-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransactionEvent"];
            };
        };
        responses: {
            /** @description Taken; it is not sent again */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Gone: no further event is sent to this address */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    transactionRefundFailed: {
        parameters: {
            query?: never;
            header: {
                /** @description The event’s id, the same in every attempt */
                "webhook-id": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, one for each secret that is valid */
                "webhook-signature": string;
                /** @description When this attempt was made, in seconds since 1970; refuse what is older than five minutes */
                "webhook-timestamp": string;
                /** @description Lower-case hex HMAC-SHA256 of the raw body, with the whole secret as text */
                "X-DGateway-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransactionEvent"];
            };
        };
        responses: {
            /** @description Taken; it is not sent again */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Gone: no further event is sent to this address */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    transactionRefunded: {
        parameters: {
            query?: never;
            header: {
                /** @description The event’s id, the same in every attempt */
                "webhook-id": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, one for each secret that is valid */
                "webhook-signature": string;
                /** @description When this attempt was made, in seconds since 1970; refuse what is older than five minutes */
                "webhook-timestamp": string;
                /** @description Lower-case hex HMAC-SHA256 of the raw body, with the whole secret as text */
                "X-DGateway-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransactionEvent"];
            };
        };
        responses: {
            /** @description Taken; it is not sent again */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Gone: no further event is sent to this address */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    transactionRestored: {
        parameters: {
            query?: never;
            header: {
                /** @description The event’s id, the same in every attempt */
                "webhook-id": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, one for each secret that is valid */
                "webhook-signature": string;
                /** @description When this attempt was made, in seconds since 1970; refuse what is older than five minutes */
                "webhook-timestamp": string;
                /** @description Lower-case hex HMAC-SHA256 of the raw body, with the whole secret as text */
                "X-DGateway-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransactionEvent"];
            };
        };
        responses: {
            /** @description Taken; it is not sent again */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Gone: no further event is sent to this address */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    transactionReversed: {
        parameters: {
            query?: never;
            header: {
                /** @description The event’s id, the same in every attempt */
                "webhook-id": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, one for each secret that is valid */
                "webhook-signature": string;
                /** @description When this attempt was made, in seconds since 1970; refuse what is older than five minutes */
                "webhook-timestamp": string;
                /** @description Lower-case hex HMAC-SHA256 of the raw body, with the whole secret as text */
                "X-DGateway-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransactionEvent"];
            };
        };
        responses: {
            /** @description Taken; it is not sent again */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Gone: no further event is sent to this address */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
