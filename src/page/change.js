// Changes to nodes: each for the state that was seen, and where a browser cannot name a node in a URL, by its parent.

import { memberOf, parseJson, printJson, textOf } from "./json.js";
import { Address } from "./address.js";
import { send } from "./http.js";

/** @typedef {import("./types.js").Json} Json */

/** A node as it is now.
 * @typedef {object} Seen
 * @property {Json | undefined} value
 * @property {string} etag that of the node at `base`
 * @property {Address} base the node itself, or the one above it that a URL can name
 * @property {string[]} inner the way from there
 */

const JSON_PATCH = "application/json-patch+json";

/** How often a node was taken away, or put between others: what was read before that may stand elsewhere. */
export const moves = { count: 0 };

/** Reads a node.
 * @param {Address} address
 * @param {import("./rows.js").Outline} [parent]
 * @param {string} [member] the one whose value is wanted, if not that of the node itself
 * @returns {Promise<Seen>}
 */
export async function see(address, parent, member) {
    const dots = address.path.findIndex((name) => name === "." || name === "..");
    const base = new Address(dots < 0 ? address.path : address.path.slice(0, dots));
    const { text, etag } = await send("GET", base);
    /** @type {Json | undefined} */
    let value = parseJson(text);
    const inner = [];
    for (const name of address.path.slice(base.path.length)) {
        /** @type {Json[] | undefined} */
        const list = Array.isArray(value) ? value : undefined;
        /** @type {number} */
        const at = list ? list.findIndex((item) => textOf(memberOf(item, parent?.key ?? "id")) === name) : -1;
        inner.push(list && parent?.kind !== "table" ? String(at) : name);
        value = list ? list[at] : memberOf(value, name);
    }
    return { value: member === undefined ? value : memberOf(value, member), etag, base, inner };
}

/** Gives a member of a node another value, or takes it away.
 * @param {Seen} seen
 * @param {string} name
 * @param {Json | undefined} value
 */
export function setMember(seen, name, value) {
    // A merge patch can neither set null nor replace an object.
    const isPlain = !seen.inner.length && value !== undefined && value !== null && !(value instanceof Map);
    if (isPlain) return send("PATCH", seen.base, { body: printJson(new Map([[name, value]])), match: seen.etag });
    return patch(seen, value === undefined ? "remove" : "add", [...seen.inner, name], value);
}

/** Puts a value in the place of a node.
 * @param {Seen} seen
 * @param {Json} value
 */
export function setNode(seen, value) {
    if (!seen.inner.length) return send("PUT", seen.base, { body: printJson(value), match: seen.etag });
    return patch(seen, "replace", seen.inner, value);
}

/** Takes a node away.
 * @param {Seen} seen
 */
export function removeNode(seen) {
    return moving(seen.inner.length ? patch(seen, "remove", seen.inner, undefined) : send("DELETE", seen.base, { match: seen.etag }));
}

/** @template Result @param {Promise<Result>} change what may move others */
function moving(change) {
    return change.finally(() => {
        moves.count += 1;
    });
}

/** Adds a node that is not there, in its old place if that is known.
 * @param {Address} address
 * @param {Json} value
 * @param {string} parentKind
 * @param {number} [place]
 */
export async function addNode(address, value, parentKind, place) {
    const parent = new Address(address.path.slice(0, -1));
    const isList = parentKind === "array" || parentKind === "table";
    if (isList && place !== undefined) return moving(patch({ base: parent, etag: "", inner: [], value }, "add", [String(place)], value));
    if (isList) return send("POST", parent, { body: printJson(value) });
    if (address.isReachable()) return send("PUT", address, { body: printJson(value), fields: [["If-None-Match", "*"]] });
    return patch(await see(parent), "add", [...address.path.slice(-1)], value);
}

/** @param {Seen} seen @param {string} op @param {string[]} path @param {Json | undefined} value */
function patch(seen, op, path, value) {
    /** @type {Map<string, Json>} */
    const operation = new Map([["op", op], ["path", new Address(path).pointer(0)]]);
    if (op !== "remove" && value !== undefined) operation.set("value", value);
    return send("PATCH", seen.base, { body: printJson([operation]), type: JSON_PATCH, match: seen.etag });
}
