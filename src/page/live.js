// What others change, as it happens, where the server tells of it.

import { begin } from "./http.js";

/** @typedef {import("./address.js").Address} Address */

/** @type {AbortController | undefined} */
let following;

/** Follows nothing. */
export function unfollow() {
    following?.abort();
}

/** Follows the changes of a node from now on, and no longer those of another one. Credentials cannot be sent with an
 * EventSource, so the stream is read by hand.
 * @param {Address} address
 * @param {(isLive: boolean) => void} onState
 * @param {() => void} onChange
 */
export async function follow(address, onState, onChange) {
    unfollow();
    const own = new AbortController();
    following = own;
    let isFirst = true;
    while (!own.signal.aborted) {
        try {
            const response = await begin("GET", address.bare(), { accept: "text/event-stream", signal: own.signal, quiet: true });
            // Not everything that can be shown has changes of its own: a relation has none, nor what the server tells of itself.
            const isThere = response.ok && (response.headers.get("Content-Type") ?? "").startsWith("text/event-stream");
            if (!isThere || !response.body) return own.signal.aborted || onState(false);
            onState(true);
            // What happened between two streams is told by none.
            if (!isFirst) onChange();
            isFirst = false;
            const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
            let rest = "";
            for (;;) {
                const { done, value } = await reader.read();
                if (done) break;
                rest += value;
                if (/^(event|data):/m.test(rest.slice(0, rest.lastIndexOf("\n\n") + 1))) onChange();
                rest = rest.slice(rest.lastIndexOf("\n\n") + 1);
            }
        } catch {
            // It ends with the connection, and begins anew with the next one.
        }
        if (own.signal.aborted) return;
        onState(false);
        await new Promise((resolve) => setTimeout(resolve, 1000));
    }
}
