// How long it takes until the first page of a large table is on the screen, from the load of the page on.

import { assert, click, open, story, until } from "./kit.mjs";

const [most, records] = process.argv.slice(3).map(Number);

await story(async (page) => {
    // Once before, so that the server has made the page and the browser is warm.
    await open(page, "/");
    await open(page, "/?_page=2");
    const times = [];
    for (let run = 0; run < 3; run += 1) {
        await page.goto("about:blank");
        await open(page, "/", "#content:not(.busy) tbody tr:nth-child(100)");
        times.push(await page.evaluate(() => performance.now()));
    }
    times.sort((a, b) => a - b);
    console.log(records + " records: " + times.map((time) => Math.round(time)).join(", ") + " ms");
    assert.ok(times[1] < most, times.join(", "));
    await page.$eval("#content", (content) => content.scrollTo(0, content.scrollHeight));
    await until(page, () => document.querySelector("#content tbody tr:last-child").getBoundingClientRect().bottom <= innerHeight);
    await click(page, "Last page");
    await until(page, (records) => document.querySelector(".shown").textContent.startsWith((records - 99).toLocaleString("en")), records);
});
