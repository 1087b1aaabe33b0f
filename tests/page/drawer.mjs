// An exchange in the drawer is what the server's journal has, byte for byte, with a remark on each line.

import { api, assert, base, cell, click, named, open, press, story, tabTo, until } from "./kit.mjs";

/** The bytes that the drawer shows: what ends a line stands there visibly, and then ends it. */
const shown = (page, side) => page.$$eval("." + side + " code", (lines) => lines.map((line) => {
    let text = "";
    for (const node of line.childNodes) {
        if (node.nodeName === "I") text += node.textContent === "\\n" ? "\n" : "\r\n";
        else if (node.previousSibling?.nodeName === "I") text += node.textContent.slice(1);
        else text += node.textContent;
    }
    return text;
}).join(""));

async function compare(page, method) {
    await until(page, (method) => document.querySelector(".detail .request code")?.textContent.startsWith(method), method);
    const request = await shown(page, "request");
    const id = /X-Request-Id: (.*)\r\n/i.exec(request)[1];
    const [exchange] = await api("GET", "/_/requests?_request_id=" + id);
    assert.equal(request, exchange.received.text);
    assert.equal(await shown(page, "response"), exchange.sent.text);
    return request;
}

await story(async (page) => {
    await open(page, "/posts");
    await (await cell(page, 0, "title")).click({ count: 2 });
    await page.waitForSelector(".editor");
    await press(page, "Control+a");
    await page.keyboard.type("<b>ü\\r\\n</b>");
    await press(page, "Enter");
    await until(page, () => !document.querySelector(".editor"));
    await page.locator("#exchanges").click();
    await (await page.waitForSelector(".exchanges button")).evaluate(() => [...document.querySelectorAll(".exchanges button")].find((button) => button.textContent.startsWith("PATCH")).click());
    const request = await compare(page, "PATCH");
    assert.ok(/\r\nif-match: "/i.test(request) && request.endsWith('{"title":"<b>ü\\\\r\\\\n</b>"}'), request);
    const remarks = await page.$$eval(".line", (lines) => lines.map((line) => line.innerText));
    assert.ok(remarks.some((text) => /^if-match/i.test(text) && text.includes("RFC 9110 13.1.1")), remarks.join("\n"));

    for (const [name, start] of [["curl", "curl -X PATCH " + base + "/posts/1 -H "], ["httpkit", "httpkit request PATCH " + base], ["fetch", "await fetch("]]) {
        await click(page, name, ".copies");
        await until(page, () => [...document.querySelectorAll(".copies button")].some((button) => button.textContent === "Copied"));
        const text = await page.evaluate(() => navigator.clipboard.readText());
        assert.ok(text.startsWith(start), text);
        await until(page, () => ![...document.querySelectorAll(".copies button")].some((button) => button.textContent === "Copied"));
        if (name === "curl") console.log("curl: " + text);
    }
});

// With the keyboard alone.
await story(async (page) => {
    await open(page, "/posts");
    await tabTo(page, "#exchanges");
    await press(page, "Enter");
    await tabTo(page, ".exchanges button");
    await press(page, "Enter");
    await compare(page, "GET");
    // What could not be copied is not said to be.
    await page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error("denied"));
        document.execCommand = () => false;
    });
    await click(page, "curl", ".copies");
    await named(page, "Not copied", ".copies");
    await page.evaluate(() => document.querySelector(".copies button").focus());
    await press(page, "Escape");
    assert.equal(await page.evaluate(() => document.activeElement.id), "exchanges");
});
