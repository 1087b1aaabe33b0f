// Shows a page in Chromium out of an HTTP Archive, without its server: node har_page.js FOLDER ARCHIVE URL
// FOLDER is where playwright-core is installed. What the page reports is printed, then what was not in the archive.
const fs = require("fs");
const path = require("path");
const [folder, archive, url] = process.argv.slice(2);
const { chromium } = require(require.resolve("playwright-core", { paths: [folder] }));
// Playwright looks for none by itself.
const places = process.env.PATH.split(":").map((place) => path.join(place, "chromium"));

(async () => {
  const args = ["--no-sandbox", "--disable-dev-shm-usage"];
  const browser = await chromium.launch({ executablePath: places.find(fs.existsSync), args });
  try {
    const page = await browser.newPage();
    const missed = [];
    page.on("requestfailed", (request) => missed.push(new URL(request.url()).pathname));
    await page.routeFromHAR(archive, { notFound: "abort" });
    await page.goto(url);
    await page.waitForFunction("window.report", undefined, { timeout: 30000 });
    console.log(JSON.stringify({ report: await page.evaluate("window.report"), missed }));
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
