// The pictures of the page: `node tests/page/screenshots.mjs URL FOLDER`, with PACKAGES naming the folder that has
// puppeteer-core, before a server on `examples/db.json`.

import { cell, click, open, press, story, until } from "./kit.mjs";

const folder = process.argv[3];

async function shot(page, name) {
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
    await page.screenshot({ path: folder + "/" + name + ".png" });
}

async function drawer(page, title) {
    await (await cell(page, 0, "title")).click({ count: 2 });
    await page.waitForSelector(".editor");
    await press(page, "Control+a");
    await page.keyboard.type(title);
    await press(page, "Enter");
    await until(page, (title) => !document.querySelector(".editor") && document.querySelector("#content tbody").textContent.includes(title), title);
    await page.locator("#exchanges").click();
    await page.evaluate(() => [...document.querySelectorAll(".exchanges button")].find((button) => button.textContent.startsWith("PATCH")).click());
    await until(page, () => document.querySelector(".request code")?.textContent.startsWith("PATCH"));
}

for (const scheme of ["light", "dark"]) {
    await story(async (page) => {
        await open(page, "/posts?_sort=-id");
        await shot(page, "page-" + scheme);
        await drawer(page, scheme === "light" ? "HTTP, line by line" : "HTTP, byte by byte");
        await shot(page, "page-drawer-" + scheme);
    }, { width: 1100, height: 700, scheme });
}
await story(async (page) => {
    await open(page, "/posts");
    await shot(page, "page-narrow");
    await open(page, "/");
    await click(page, "Open profile").catch(() => page.$(".twist"));
    await page.waitForNetworkIdle({ idleTime: 200, concurrency: 1 });
    await shot(page, "page-tree");
}, { width: 360, height: 640 });
