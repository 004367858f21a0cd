// Opens the dashboard in Chromium, light and then dark, and prints what is to be seen there as a line of JSON.
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";

const [playwrightFolder, executablePath, url, pictures] = process.argv.slice(2);
const { chromium } = createRequire(`${playwrightFolder}/`)("playwright-core");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"], timeout: 60_000 });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
page.setDefaultTimeout(30_000);
const complaints = [];
const elsewhere = [];
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(String(error)));
page.on("request", (request) => new URL(request.url()).hostname === "127.0.0.1" || elsewhere.push(request.url()));

const look = async (name) => {
  await page.waitForTimeout(300); // a frame for the charts
  const picture = await page.screenshot({ fullPage: true });
  if (pictures) {
    writeFileSync(`${pictures}/dashboard-${name}.png`, picture);
  }
  return page.evaluate(() => {
    const inked = (canvas) => {
      const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels.some((value, index) => index % 4 === 3 && value > 0);
    };
    return {
      back: getComputedStyle(document.body).backgroundColor,
      text: getComputedStyle(document.body).color,
      overflows: document.documentElement.scrollWidth > document.documentElement.clientWidth,
      charts: [...document.querySelectorAll("canvas")].map(inked),
      jobs: [...document.querySelectorAll("#jobs tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
      body: document.body.innerText,
    };
  });
};

await page.goto(url);
await page.waitForSelector("#jobs tbody td.done");
await page.waitForSelector("canvas");
const light = await look("light");
await page.emulateMedia({ colorScheme: "dark" });
const dark = await look("dark");
await page.setViewportSize({ width: 420, height: 800 });
const narrow = await look("narrow");
console.log(JSON.stringify({ light, dark, narrow, complaints, elsewhere }));
await browser.close();
