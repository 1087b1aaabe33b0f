// JSON as it stands in the file: numbers keep their text, members their order, and no name has a meaning of its own.

/** A number by its text: 1.0 and 12345678901234567890 are more than a JavaScript number can keep. */
export class JsonNumber {
    /** @param {string} text */
    constructor(text) {
        this.text = text;
    }
}

/** @typedef {import("./types.js").Json} Json */

// A string, a bracket, or a number or word. The parts of a string are matched in stretches, so that a long one takes no stack.
const JSON_TOKEN = /"[^"\\]*(?:\\[^][^"\\]*)*"|[[\]{}]|[^\s,:"[\]{}]+/g;

/** The value of a JSON text.
 * @param {string} text
 * @returns {Json}
 */
export function parseJson(text) {
    // The browser finds what is wrong with it; what follows has to do with JSON only.
    try {
        JSON.parse(text);
    } catch (error) {
        const [place] = /line \d+ column \d+/.exec(String(error)) ?? [];
        throw new Error("This is not JSON" + (place ? ", look at " + place : "") + ".");
    }
    const tokens = (text.match(JSON_TOKEN) ?? []).values();
    const next = () => tokens.next().value ?? "";
    /** @returns {Json} */
    const value = (token = next()) => {
        if (token === "[") {
            const list = [];
            while ((token = next()) !== "]") list.push(value(token));
            return list;
        }
        if (token === "{") {
            const map = new Map();
            while ((token = next()) !== "}") {
                const name = JSON.parse(token);
                const member = value();
                if (!map.has(name)) map.set(name, member);
            }
            return map;
        }
        return /^[-\d]/.test(token) ? new JsonNumber(token) : JSON.parse(token);
    };
    return value();
}

/** The JSON text of a value.
 * @param {Json} value
 * @returns {string}
 */
export function printJson(value) {
    if (value instanceof JsonNumber) return value.text;
    if (Array.isArray(value)) return "[" + value.map(printJson) + "]";
    if (value instanceof Map) return "{" + [...value].map(([name, item]) => JSON.stringify(name) + ":" + printJson(item)) + "}";
    return JSON.stringify(value);
}

/** Whether two values would be written alike.
 * @param {Json | undefined} one
 * @param {Json | undefined} other
 */
export function isSameJson(one, other) {
    return kindOf(one) === kindOf(other) && textOf(one) === textOf(other);
}

/** A member of a value, if it has one of that name.
 * @param {Json | undefined} value
 * @param {string} name
 */
export function memberOf(value, name) {
    return value instanceof Map ? value.get(name) : undefined;
}

/** What a kind of value is called.
 * @param {Json | undefined} value
 */
export function kindOf(value) {
    if (value === undefined) return "missing";
    if (value === null) return "null";
    if (value instanceof JsonNumber) return "number";
    if (Array.isArray(value)) return "array";
    return value instanceof Map ? "object" : typeof value;
}

/** The text of a value as a person reads it: strings without quotes.
 * @param {Json | undefined} value
 */
export function textOf(value) {
    return typeof value === "string" ? value : value === undefined ? "" : printJson(value);
}
