// What another client changes is followed, marked for a moment, and waits while somebody edits.

import { assert, api, cell, open, press, story, until, waitForColumn } from "./kit.mjs";

await story(async (page) => {
    await open(page, "/posts");
    await until(page, () => !document.querySelector("#live").hidden);
    await api("PATCH", "/posts/2", { title: "from elsewhere" });
    await waitForColumn(page, "title", ["a", "from elsewhere", "c"]);
    assert.deepEqual(await page.$$eval(".changed", (cells) => cells.map((cell) => cell.textContent)), ["from elsewhere"]);
    await api("POST", "/posts", { id: 9, title: "new" });
    await waitForColumn(page, "id", ["1", "2", "3", "9"]);

    await (await cell(page, 0, "title")).click({ count: 2 });
    await page.waitForSelector(".editor");
    await page.keyboard.type("half a wo");
    await api("DELETE", "/posts/9");
    await api("PATCH", "/posts/3", { title: "meanwhile" });
    await page.keyboard.type("rd");
    assert.equal(await page.$eval(".editor textarea", (area) => area.value), "half a word");
    await press(page, "Enter");
    await waitForColumn(page, "title", ["half a word", "from elsewhere", "meanwhile"]);
    assert.equal((await api("GET", "/posts/1")).title, "half a word");
});

// A browser has six connections to a server: tabs that nobody looks at hold none, and catch up when somebody does.
await story(async (page, browser) => {
    await open(page, "/posts");
    await until(page, () => !document.querySelector("#live").hidden);
    const others = [];
    for (let tab = 0; tab < 7; tab += 1) {
        const other = await browser.newPage();
        await open(other, "/posts");
        others.push(other);
    }
    await api("PATCH", "/posts/1", { title: "while away" });
    await page.bringToFront();
    await waitForColumn(page, "title", ["while away", "from elsewhere", "meanwhile"]);
});
