// Where something is in the API: the path as decoded names, and the query in its order.

/** @typedef {[string, string]} Parameter */

/** The parameters that say which page of the records is meant. */
export const PAGING = ["_page", "_limit", "_per_page", "_start", "_end"];
/** Those that say which members a record has. */
const SHAPING = ["_fields", "_embed", "_expand"];
/** Those that leave no record out. */
const KEEPING = [...PAGING, ...SHAPING, "_sort", "_order", "_format"];

/** A path and a query. It does not change; each change gives another one. */
export class Address {
    /**
     * @param {string[]} path
     * @param {Parameter[]} [parameters]
     */
    constructor(path, parameters = []) {
        this.path = path;
        this.parameters = parameters;
    }

    /** Reads what a person typed, or a part of a URL.
     * @param {string} text
     * @returns {Address}
     */
    static parse(text) {
        const [, path, query] = /^(?:https?:\/\/[^/?#]*)?\/?([^?#]*)\??([^#]*)/i.exec(text.trim()) ?? [];
        const names = path ? path.replace(/\/$/, "").split("/").map(unescaped) : [];
        return new Address(names, [...new URLSearchParams(query)]);
    }

    /** As it stands in a request. */
    toString() {
        const query = new URLSearchParams(this.parameters).toString().replace(/%3A/gi, ":").replace(/%2C/gi, ",");
        return this.pathText() + (query && "?" + query);
    }

    /** The path alone. A last name that is empty has a slash behind it, or nobody would see it. */
    pathText() {
        const names = this.path.map(encodeURIComponent);
        return "/" + names.join("/") + (names.length && names.at(-1) === "" ? "/" : "");
    }

    /** @param {string} name */
    child(name) {
        return new Address([...this.path, name]);
    }

    /** The first value of a parameter.
     * @param {string} name
     */
    get(name) {
        return this.parameters.find(([given]) => given === name)?.[1];
    }

    /** The same with other values of some parameters; what is undefined is taken out. A new one goes to the end.
     * @param {[string, string | undefined][]} changes
     */
    with(changes) {
        let parameters = this.parameters;
        for (const [name, value] of changes) {
            const at = parameters.findIndex(([given]) => given === name);
            const others = parameters.filter(([given]) => given !== name);
            if (value !== undefined) others.splice(at < 0 ? others.length : at, 0, [name, value]);
            parameters = others;
        }
        return new Address(this.path, parameters);
    }

    /** The path alone. */
    bare() {
        return new Address(this.path);
    }

    /** The same without paging. */
    unpaged() {
        return this.with(PAGING.map((name) => [name, undefined]));
    }

    /** Whether it leaves records out. */
    isFiltered() {
        return this.parameters.some(([name]) => !KEEPING.includes(name));
    }

    /** The same for all records in the order of the file, each with the same members. */
    unfiltered() {
        return new Address(this.path, this.parameters.filter(([name]) => SHAPING.includes(name)));
    }

    /** Whether a browser can name it in a URL: it takes `.` and `..` for itself, however they are escaped. */
    isReachable() {
        return !this.path.some((name) => name === "." || name === "..");
    }

    /** Where the path leads within another one, as a JSON Pointer (RFC 6901).
     * @param {number} depth the names of the other one
     */
    pointer(depth) {
        return this.path.slice(depth).map((name) => "/" + name.replaceAll("~", "~0").replaceAll("/", "~1")).join("");
    }
}

/** @param {string} text */
function unescaped(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}
