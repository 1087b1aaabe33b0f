// Requests to the server that the page came from, each with an id by which the server's own record of it is found.

import { memberOf, parseJson, textOf } from "./json.js";
import { Address } from "./address.js";

/** What was sent, and what is known of the answer.
 * @typedef {object} Exchange
 * @property {string} id
 * @property {string} method
 * @property {string} target
 * @property {[string, string][]} fields
 * @property {string} [body]
 * @property {number} status 0 as long as there is no answer
 * @property {number} ms
 */

/** An answer.
 * @typedef {object} Answer
 * @property {string} text
 * @property {string} type
 * @property {string} etag
 * @property {number | undefined} total
 */

export const OUTLINE = "application/vnd.httpkit.outline+json";
const JSON_TYPE = "application/json";
const TOKEN_PLACE = "httpkit-token";
const MOST_EXCHANGES = 100;

/** What the page shares with its parts: whoever listens is told of `exchange`, `offline` and `online`. */
export const bus = new EventTarget();

/** The last exchanges, oldest first.
 * @type {Exchange[]}
 */
export const exchanges = [];

/** The credentials, as long as the tab is open, and who asks for them. */
export const session = {
    token: sessionStorage.getItem(TOKEN_PLACE) ?? "",
    isOffline: false,
    /** @type {(wasWrong: boolean) => Promise<string>} */
    ask: () => Promise.reject(new Error("nobody asks")),
};

/** A refusal: a problem document, or what stands in its place. */
export class Refusal extends Error {
    /**
     * @param {number} status
     * @param {string} title
     * @param {string} detail
     */
    constructor(status, title, detail) {
        super(detail || title);
        this.status = status;
        this.title = title;
    }
}

/** No answer at all. */
export class Offline extends Error {}

const RUN = Math.random().toString(36).slice(2, 10);
let lastNumber = 0;

/** @typedef {{type?: string, accept?: string, body?: string, match?: string, fields?: [string, string][], signal?: AbortSignal, quiet?: boolean}} Options */

/** Sends a request; gives the response as soon as its head is there.
 * @param {string} method
 * @param {Address} address
 * @param {Options} [options]
 * @returns {Promise<Response>}
 */
export async function begin(method, address, options = {}) {
    lastNumber += 1;
    const target = address.toString();
    /** @type {[string, string][]} */
    const fields = [["Accept", options.accept ?? JSON_TYPE], ...(options.fields ?? [])];
    if (options.body !== undefined) fields.push(["Content-Type", options.type ?? JSON_TYPE]);
    if (options.match) fields.push(["If-Match", options.match]);
    const exchange = { id: RUN + "-" + lastNumber, method, target, fields, body: options.body, status: 0, ms: 0 };
    if (!options.quiet) remember(exchange);
    const headers = new Headers([...fields, ["X-Request-Id", exchange.id]]);
    if (session.token) headers.set("Authorization", "Bearer " + session.token);
    const started = performance.now();
    const response = await reach(location.origin + target, { method, headers, body: options.body, signal: options.signal });
    exchange.status = response.status;
    exchange.ms = performance.now() - started;
    tell("exchange");
    if (response.status === 401 && (response.headers.get("WWW-Authenticate") ?? "").startsWith("Bearer")) {
        const had = headers.get("Authorization") === "Bearer " + session.token;
        if (had || !session.token) session.token = await session.ask(had);
        sessionStorage.setItem(TOKEN_PLACE, session.token);
        return begin(method, address, options);
    }
    return response;
}

/** Sends a request and reads the answer.
 * @param {string} method
 * @param {Address} address
 * @param {Options} [options]
 * @returns {Promise<Answer>}
 */
export async function send(method, address, options = {}) {
    const response = await begin(method, address, options);
    const text = await response.text().catch(lost);
    if (!response.ok) throw refusal(response, text);
    const total = response.headers.get("X-Total-Count");
    const etag = response.headers.get("ETag") ?? "";
    const type = response.headers.get("Content-Type") ?? "";
    return { text, type, etag, total: total === null ? undefined : Number(total) };
}

/** What a refusal says.
 * @param {Response} response
 * @param {string} text
 */
export function refusal(response, text) {
    let detail = "";
    try {
        detail = textOf(memberOf(parseJson(text), "detail"));
    } catch {
        // It is no JSON: its status says enough.
    }
    return new Refusal(response.status, response.status + " " + response.statusText, detail);
}

/** @param {string} url @param {RequestInit} options */
async function reach(url, options) {
    try {
        // What a cache gives back would have had no exchange to be shown.
        const response = await fetch(url, { cache: "no-store", ...options });
        if (session.isOffline) {
            session.isOffline = false;
            tell("online");
        }
        return response;
    } catch (error) {
        if (options.signal?.aborted) throw error;
        return lost();
    }
}

/** @returns {never} */
function lost() {
    session.isOffline = true;
    tell("offline");
    throw new Offline("The server does not answer.");
}

/** @param {Exchange} exchange */
function remember(exchange) {
    exchanges.push(exchange);
    if (exchanges.length > MOST_EXCHANGES) exchanges.shift();
    tell("exchange");
}

/** @param {string} what */
export function tell(what) {
    bus.dispatchEvent(new Event(what));
}

/** What an error says.
 * @param {unknown} error
 */
export function messageOf(error) {
    return error instanceof Error ? error.message : String(error);
}
