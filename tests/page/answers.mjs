// Whatever has a URL in the API can be asked for in the bar, and what comes is shown, or it is said why not.

import { assert, base, cells, click, open, press, story, until } from "./kit.mjs";

async function ask(page, text, ready) {
    await page.locator("#url").click({ count: 3 });
    await press(page, "Control+a");
    await page.keyboard.type(text + "\n");
    await until(page, (text, ready) => decodeURIComponent(document.title).startsWith(text.split("?")[0]) && document.querySelector("#content:not(.busy) " + ready), text, ready);
}

const shown = (page) => page.$eval("#content", (content) => content.innerText);

await story(async (page) => {
    await open(page, "/posts");
    await until(page, () => !document.querySelector("#live").hidden);

    // The records that point at another one are a table, after a reload too, and each leads to itself.
    await ask(page, "/posts/1/comments", "tbody td");
    assert.deepEqual(await cells(page), [["1", "1", "hello"], ["2", "1", "again"]]);
    assert.equal(await page.$eval("#url", (input) => input.value), "/posts/1/comments?_page=1&_limit=100");
    await page.reload();
    await page.waitForSelector("#content tbody td");
    await page.locator("[data-focus='filter body']").click();
    await page.keyboard.type("aga\n");
    await until(page, () => document.querySelectorAll("#content tbody tr").length === 1);
    await page.locator("#content tbody .open").click();
    await until(page, () => document.querySelector(".tree")?.textContent.includes("again"));

    // Single values, which have no children.
    for (const [path, value] of [["/posts/1/title", "a"], ["/profile/name", "Ann"], ["/words/1", "second"], ["/profile/age", "4.50"], ["/profile/none", "null"]]) {
        await ask(page, path, ".tree");
        assert.deepEqual(await page.$$eval(".tree .leaf > span", (parts) => parts.map((part) => part.textContent)), [path.split("/").at(-1), value]);
        assert.equal(await page.$eval("#url", (input) => input.value), path);
    }
    await page.reload();
    await page.waitForSelector(".tree .null");

    // What the server tells of itself is JSON, and none of it has an address.
    await ask(page, "/_/health", ".tree");
    assert.match(await shown(page), /status\s+ok/);
    await page.locator(".twist").click();
    await until(page, () => document.querySelector(".tree .tree")?.textContent === "0db.json");
    assert.equal(await page.$(".tree .quiet"), null);
    for (const [path, word] of [["/_/requests", "0"], ["/_/openapi.json", "paths"]]) {
        await ask(page, path, ".tree");
        assert.ok((await shown(page)).includes(word), path);
    }

    // Other forms are text.
    await ask(page, "/posts?_format=csv", ".text");
    assert.equal(await shown(page), "id,title,views\r\n1,a,10\r\n2,b,\r\n");
    const url = page.url();
    await page.goto("about:blank");
    await page.goto(url);
    await page.waitForSelector("#content .text");
    await ask(page, "/posts?_format=ndjson", ".text");
    assert.equal(JSON.parse((await shown(page)).split("\n")[1]).title, "b");
    await ask(page, "/note.txt", ".text");
    assert.equal(await shown(page), "<b>plain</b>");
    await ask(page, "/picture.png", ".state");
    assert.match(await shown(page), /image\/png/);

    // What has no changes of its own is not followed; the next view is.
    await ask(page, "/posts", "tbody td");
    await until(page, () => !document.querySelector("#live").hidden);

    // Another server is not this one, whatever its path.
    for (const typed of ["http://example.com/comments", "ftp://x", "http://"]) {
        await page.locator("#url").click({ count: 3 });
        await page.keyboard.type(typed + "\n");
        await until(page, () => document.querySelector("#toast").textContent.includes("only"));
        assert.ok((await page.$eval("#toast", (toast) => toast.textContent)).includes(base), typed);
        assert.equal(page.url(), base + "/posts");
        await click(page, "Close", "#toast");
    }
    await page.locator("#url").click({ count: 3 });
    await page.keyboard.type(base + "/comments\n");
    await until(page, () => document.querySelector("#content tbody")?.textContent.includes("hello"));
}, { allowed: ["406"] });
