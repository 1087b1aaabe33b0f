// JSON as it stands in the file: numbers keep their text, members their order, and no name has a meaning of its own.

/** A number by its text: 1.0 and 12345678901234567890 are more than a JavaScript number can keep. */
export class JsonNumber {
    /** @param {string} text */
    constructor(text) {
        this.text = text;
    }
}

/** @typedef {import("./types.js").Json} Json */

// The parts of a string are matched in stretches, so that a long one takes no stack.
const JSON_TOKEN = /[ \t\n\r]*(?:("[^"\\]*(?:\\[^][^"\\]*)*")|(-?\d[\d.eE+-]*)|(true|false|null)|([[\]{},:]))/y;

/** The value of a JSON text.
 * @param {string} text
 * @returns {Json}
 */
export function parseJson(text) {
    let at = 0;
    const next = () => {
        JSON_TOKEN.lastIndex = at;
        const token = JSON_TOKEN.exec(text);
        if (!token) throw new SyntaxError("no JSON: " + (text.slice(at, at + 20).trim() || "the text ends too early"));
        at = JSON_TOKEN.lastIndex;
        return token;
    };
    /** @param {RegExpExecArray} token @returns {Json} */
    const value = (token) => {
        const [, string, number, word, mark] = token;
        if (string) return JSON.parse(string);
        if (number) {
            JSON.parse(number);
            return new JsonNumber(number);
        }
        if (word) return word === "null" ? null : word === "true";
        if (mark === "[") return elements();
        if (mark === "{") return members();
        throw new SyntaxError("no JSON: a value is missing before " + mark);
    };
    const elements = () => {
        const list = [];
        let token = next();
        while (token[4] !== "]") {
            list.push(value(token));
            token = next();
            if (token[4] === ",") token = next();
            else if (token[4] !== "]") throw new SyntaxError("no JSON: a comma is missing in an array");
        }
        return list;
    };
    const members = () => {
        const map = new Map();
        let token = next();
        while (token[4] !== "}") {
            if (!token[1] || next()[4] !== ":") throw new SyntaxError("no JSON: a name is missing in an object");
            const name = JSON.parse(token[1]);
            const member = value(next());
            if (!map.has(name)) map.set(name, member);
            token = next();
            if (token[4] === ",") token = next();
            else if (token[4] !== "}") throw new SyntaxError("no JSON: a comma is missing in an object");
        }
        return map;
    };
    const result = value(next());
    if (text.slice(at).trim()) throw new SyntaxError("no JSON: something follows the value");
    return result;
}

/** The JSON text of a value.
 * @param {Json} value
 * @param {string} [indent] what a line begins with; without it all is on one line
 * @returns {string}
 */
export function printJson(value, indent) {
    if (value instanceof JsonNumber) return value.text;
    const inner = indent === undefined ? undefined : indent + "  ";
    const [open, close, gap] = indent === undefined ? ["", "", ","] : ["\n" + inner, "\n" + indent, ",\n" + inner];
    /** @param {string[]} items @param {string} start @param {string} end */
    const wrap = (items, start, end) => start + (items.length ? open + items.join(gap) + close : "") + end;
    if (Array.isArray(value)) return wrap(value.map((item) => printJson(item, inner)), "[", "]");
    if (value instanceof Map) {
        const colon = indent === undefined ? ":" : ": ";
        return wrap([...value].map(([name, item]) => JSON.stringify(name) + colon + printJson(item, inner)), "{", "}");
    }
    return JSON.stringify(value);
}

/** Whether two values are the same, whatever the order of members.
 * @param {Json | undefined} one
 * @param {Json | undefined} other
 * @returns {boolean}
 */
export function isSameJson(one, other) {
    if (one instanceof JsonNumber && other instanceof JsonNumber) return one.text === other.text;
    if (Array.isArray(one) && Array.isArray(other)) {
        return one.length === other.length && one.every((item, at) => isSameJson(item, other[at]));
    }
    if (one instanceof Map && other instanceof Map) {
        return one.size === other.size && [...one].every(([name, item]) => other.has(name) && isSameJson(item, other.get(name)));
    }
    return one === other;
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
    if (value === undefined) return "";
    return typeof value === "string" ? value : printJson(value);
}
