// Drives VS Code in Chromium for the tests of the extension: a program that reads steps as lines of JSON on stdin
// and answers each with a line of JSON on stdout. What a person would see and click is found by what is on the page.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const [playwrightFolder, chromium, profile, url] = process.argv.slice(2);
const { chromium: browserType } = createRequire(`${playwrightFolder}/`)("playwright-core");
const browser = await browserType.launchPersistentContext(profile, {
  executablePath: chromium,
  headless: true,
  viewport: { width: 1280, height: 820 },
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = browser.pages()[0] ?? (await browser.newPage());
page.setDefaultTimeout(60_000);

const steps = {
  open: async () => {
    await page.goto(url, { waitUntil: "domcontentloaded" });
    await page.waitForSelector(".monaco-editor .view-lines", { timeout: 120_000 });
  },
  waitFor: async ({ selector, text, timeout = 60_000 }) => {
    await page.locator(selector, text ? { hasText: text } : {}).first().waitFor({ timeout });
  },
  gone: async ({ selector, timeout = 60_000 }) => page.locator(selector).first().waitFor({ state: "detached", timeout }),
  click: async ({ selector, text, timeout = 60_000, force = false }) =>
    page.locator(selector, text ? { hasText: text } : {}).first().click({ timeout, force }),
  clickAll: async ({ selector }) => {
    const found = page.locator(selector);
    const count = await found.count();
    for (let index = 0; index < count; index += 1) {
      await found.nth(index).click({ force: true });
    }
    return count;
  },
  count: async ({ selector }) => page.locator(selector).count(),
  texts: async ({ selector }) => page.locator(selector).allInnerTexts(),
  key: async ({ key }) => page.keyboard.press(key),
  type: async ({ text }) => page.keyboard.type(text, { delay: 15 }),
  command: async ({ name }) => {
    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget input").first().waitFor();
    await page.keyboard.type(name, { delay: 10 });
    await page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().click();
  },
  goToLine: async ({ line }) => {
    await page.keyboard.press("Control+g");
    await page.locator(".quick-input-widget input").first().waitFor();
    await page.keyboard.type(`${line}`);
    await page.keyboard.press("Enter");
  },
  screenshot: async ({ path }) => { await page.screenshot({ path }); },
  sleep: async ({ ms }) => { await page.waitForTimeout(ms); },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { step, ...given } = JSON.parse(line);
  if (step === "end") {
    break;
  }
  try {
    console.log(JSON.stringify({ ok: true, value: (await steps[step](given)) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, error: String(error).slice(0, 1500) }));
  }
}
await browser.close();
