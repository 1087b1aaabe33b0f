// A server that only lets read, one that asks for a token, and one that goes away.

import { assert, base, cell, click, open, press, story, until, waitForColumn } from "./kit.mjs";

const what = process.argv[3];

const modes = {
    async readonly(page) {
        await open(page, "/posts");
        await until(page, () => document.querySelector("#badges").textContent.includes("read-only"));
        assert.equal((await page.$$("#content .act")).length, 0);
        assert.deepEqual(await page.$$eval("#tools button", (buttons) => buttons.map((button) => button.textContent)), ["CSV", "JSON"]);
        await (await cell(page, 0, "title")).click({ count: 2 });
        assert.equal(await page.$(".editor"), null);
        await page.goto(base + "/");
        await page.waitForSelector(".tree");
        assert.equal((await page.$$(".tree [aria-label^=Edit], .tree [aria-label^=Delete]")).length, 0);
    },
    async several(page) {
        // "/" takes no change there, but each file does.
        await open(page, "/codes");
        await page.waitForSelector("#collections a");
        await page.waitForNetworkIdle({ idleTime: 200, concurrency: 1 });
        assert.equal(await page.$eval("#badges", (badges) => badges.textContent), "");
        await click(page, "Delete 001");
        await waitForColumn(page, "code", ["002", "003"]);
        await click(page, "Undo");
        await waitForColumn(page, "code", ["001", "002", "003"]);
        // The collections of a file among others are listed, too.
        await until(page, () => document.querySelector("#collections").textContent.includes("codes 3"));
        const links = await page.$$eval("#collections a", (links) => links.map((link) => [link.textContent, link.ariaCurrent]));
        assert.deepEqual(links, [["db / posts 3", null], ["codes 3", "page"]]);
        await click(page, "db / posts 3");
        await waitForColumn(page, "id", ["1", "2", "3"]);
        assert.equal(page.url(), base + "/db/posts");
        assert.equal(await page.$eval("#collections [aria-current]", (link) => link.textContent), "db / posts 3");
    },
    async openreads(page) {
        // Reading asks for nothing; who puts the question aside has what was typed.
        await open(page, "/posts");
        await click(page, "Add", "#tools");
        await page.locator("dialog textarea[data-name=title]").click();
        await page.keyboard.type("typed with care");
        await click(page, "Add", "dialog");
        await page.waitForSelector("dialog input[name=token]");
        await click(page, "Cancel", "dialog");
        await until(page, () => document.querySelector("dialog[open] .problem")?.textContent.includes("needs the token"));
        assert.equal(await page.$eval("dialog textarea[data-name=title]", (area) => area.value), "typed with care");
    },
    async token(page) {
        await page.goto(base + "/posts");
        await page.waitForSelector("dialog input");
        await page.keyboard.type("wrong\n");
        await until(page, () => document.querySelector("dialog")?.textContent.includes("not accepted"));
        await page.keyboard.type("s3cret\n");
        await page.waitForSelector("#content tbody td");
        await until(page, () => document.querySelector("#badges").textContent.includes("with token"));
        // It is kept for the tab, sent with writes too, and in no exchange that is shown.
        await page.reload();
        await page.waitForSelector("#content tbody td");
        await (await cell(page, 0, "title")).click({ count: 2 });
        await page.waitForSelector(".editor");
        await press(page, "Control+a");
        await page.keyboard.type("with a token");
        await press(page, "Enter");
        await until(page, () => document.querySelector("#content tbody").textContent.includes("with a token"));
        await page.locator("#exchanges").click();
        await page.waitForSelector(".response .line");
        assert.ok(!(await page.evaluate(() => document.body.innerText)).includes("s3cret"));
    },
};

/** The server is stopped and comes back, as the test is told with a line. */
modes.offline = async (page) => {
    await open(page, "/posts");
    console.log("stop");
    await new Promise((resolve) => process.stdin.once("data", resolve));
    await page.locator("[data-focus='sort title']").click();
    await until(page, () => !document.querySelector("#offline").hidden && document.querySelector("#offline").textContent.includes("does not answer"));
    console.log("start");
    await new Promise((resolve) => process.stdin.once("data", resolve));
    await click(page, "Ask now");
    await until(page, () => document.querySelector("#offline").hidden && document.querySelector("#content tbody td"));
    process.stdin.destroy();
};

await story(modes[what], { allowed: ["401", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET"] });
