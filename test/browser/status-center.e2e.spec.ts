import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { adminPassword, type Client, Server } from '../harness/server.js';
import { FakeExchange } from '../market-data-exchange.js';
import { accessibilityFindings, browserPath, launch, openPage, signIn } from './browser.js';
import { waitFor } from '../../tools/test-kit/index.js';

const patient = 120_000;
const screenshots = join(import.meta.dirname, '..', '..', 'artifacts', 'screenshots');
const year = { start_date: '2023-01-01', end_date: '2024-01-01' };
const smallSweep = {
  strategy: 'SmaCross',
  symbol: 'BTC_USDT',
  ...year,
  initial_capital: 10_000,
  space: { fast_period: { min: 5, max: 20, step: 5 }, slow_period: [30, 60, 90] },
  walk_forward: { train_days: 120, test_days: 60 },
};
const candles = ['time,open,high,low,close,volume', '2024-01-01,1,2,1,2,5', '2024-01-02,2,3,1,2,5'].join(
  '\n',
);
const longRun = {
  strategy: 'MLPredictive',
  symbol: 'ETH_USDT',
  start_date: '2023-01-01',
  end_date: '2025-12-31',
};

/** Skipped, and named so, on a machine without a Chromium. */
const whereThereIsABrowser = browserPath === null ? describe.skip : describe;

whereThereIsABrowser('the page in a browser (skipped without Chromium)', () => {
  const hours = Array.from({ length: 100 }, (_, i) => Date.UTC(2024, 0, 1, i));
  const exchange = new FakeExchange(hours, 3_600_000);
  let server: Server;
  let browser: Browser;
  let admin: Client;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    await exchange.start();
    server = await Server.start({ HEADROOM_EXCHANGE_URLS: `binance=${exchange.url}` });
    admin = await server.admin();
    browser = await launch();
  }, patient);
  afterEach(async () => {
    await admin.post('/api/system/queue/resume');
    const { body } = await admin.get('/api/system/queue');
    for (const { task_id } of [...body.queued_tasks, ...body.running_tasks])
      await admin.post(`/api/tasks/${task_id}/cancel`);
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await browser.close();
    await server.remove();
    await exchange.stop();
  });

  async function open(username: string, options: Parameters<typeof openPage>[1] = {}): Promise<void> {
    ({ page, problems } = await openPage(browser, options));
    const password = username === 'admin' ? adminPassword : `${username}-has-a-long-password`;
    await signIn(page, server, username, password);
  }

  const row = (list: string, id: string) => page.getByTestId(list).locator(`li:has(a[href="/tasks/${id}"])`);

  test(
    'runs the example backtest from the form and shows queued, running and completed without a reload',
    async () => {
      await server.user('maria');
      await admin.post('/api/system/queue/pause');
      await open('maria');
      await page.evaluate(() => Object.assign(globalThis, { isFirstLoad: true }));
      await page.getByRole('link', { name: 'Backtests' }).click();
      await page.getByRole('button', { name: 'A month with a model' }).click();
      await page.getByRole('button', { name: 'Run the backtest' }).click();
      await page.getByText('Queue paused by an admin').waitFor();
      await page.getByRole('link', { name: 'Status', exact: true }).click();
      const queued = page.getByTestId('queued');
      await queued.getByText('#1 in queue').waitFor();
      expect(await queued.innerText()).toContain('Queue paused by an admin');

      await admin.post('/api/system/queue/resume');
      await page.getByTestId('running').getByText('Running', { exact: true }).waitFor({ timeout: patient });
      const completed = page.getByTestId('completed');
      await completed.getByText('Completed', { exact: true }).waitFor({ timeout: patient });
      expect(await completed.innerText()).toMatch(/Backtest complete! Return: [+-]\d+\.\d\d%/);

      await completed.getByRole('link', { name: 'Result' }).click();
      await page.getByRole('heading', { name: 'Monthly returns' }).waitFor();
      expect(await page.getByText('synthetic').first().isVisible()).toBe(true);
      await page.locator('canvas').first().waitFor();
      expect(await page.evaluate(() => 'isFirstLoad' in globalThis)).toBe(true);
      expect(problems).toEqual([]);
    },
    patient,
  );

  test(
    'cancels a running task, and shows it as cancelled and not as completed',
    async () => {
      const carla = await server.user('carla');
      const id = await carla.backtest(longRun);
      await open('carla');
      await row('running', id)
        .getByRole('button', { name: /^Cancel / })
        .click();
      await row('completed', id).getByText('Cancelled', { exact: true }).waitFor({ timeout: patient });
      expect(
        await row('completed', id)
          .getByRole('button', { name: /^Retry / })
          .isVisible(),
      ).toBe(true);
      expect((await carla.get(`/api/tasks/${id}`)).body.status).toBe('cancelled');
    },
    patient,
  );

  test(
    "shows an admin both users' tasks and the machine, a user only their own",
    async () => {
      const nils = await server.user('nils');
      const ids = [await admin.backtest(longRun), await nils.backtest(longRun)] as const;
      await open('admin');
      await row('running', ids[0]).getByText('admin', { exact: true }).waitFor();
      await row('running', ids[1]).getByText('nils', { exact: true }).waitFor();
      await page.getByRole('heading', { name: 'System resources' }).waitFor();

      await open('nils');
      await row('running', ids[1]).waitFor();
      expect(await page.getByTestId('running').locator('li').count()).toBe(1);
      expect(await page.getByTestId('count-running').innerText()).toBe('1');
      expect(await page.getByRole('heading', { name: 'System resources' }).count()).toBe(0);
      expect(await page.content()).not.toContain(ids[0]);
      expect(await page.getByRole('link', { name: 'Admin' }).count()).toBe(0);
    },
    patient,
  );

  test(
    'stays as it is over a restart of the server in the middle of a run, and sees its end',
    async () => {
      const olga = await server.user('olga');
      const id = await olga.backtest({ ...longRun, start_date: '2025-10-01' });
      await open('olga');
      await row('running', id).waitFor();
      await page.evaluate(() => Object.assign(globalThis, { isFirstLoad: true }));
      await server.signal('SIGKILL');
      await page.getByText('The server cannot be reached.').waitFor({ timeout: 60_000 });
      await server.start();
      await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 });
      await page.locator(`a[href="/tasks/${id}"]`).first().waitFor();
      await olga.ended(id, patient);
      await row('completed', id).waitFor({ timeout: 30_000 });
      expect(await page.evaluate(() => 'isFirstLoad' in globalThis)).toBe(true);
    },
    2 * patient,
  );

  test(
    'polls while the event stream is cut off, and goes back to it',
    async () => {
      const paul = await server.user('paul');
      await open('paul');
      await page.getByText('Live', { exact: true }).waitFor();
      await page.route('**/api/system/task-events', (route) => route.abort());
      // The stream that is open goes on; a new page finds the road closed.
      await page.reload();
      await page.getByText('Every 2 s').waitFor({ timeout: 30_000 });
      const id = await paul.backtest();
      await row('completed', id).waitFor({ timeout: 60_000 });
      await page.unroute('**/api/system/task-events');
      await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 });
    },
    patient,
  );

  test(
    'reads one event stream for all tabs, and another tab takes over when the reading one is closed',
    async () => {
      const rosa = await server.user('rosa');
      await open('rosa');
      const second = await page.context().newPage();
      let streams = 0;
      second.on(
        'request',
        (request) => (streams += request.url().includes('/api/system/task-events') ? 1 : 0),
      );
      await second.goto(server.url);
      await second.getByText('Live', { exact: true }).waitFor();
      const first = await rosa.backtest();
      await second.getByTestId('completed').locator(`a[href="/tasks/${first}"]`).waitFor();
      expect(streams).toBe(0);

      await page.close();
      await waitFor(() => streams === 1);
      const later = await rosa.backtest();
      await second.getByTestId('completed').locator(`a[href="/tasks/${later}"]`).waitFor();
    },
    patient,
  );

  test(
    'sweeps from the form: progress, ranking, heat map and what came after; a rank fills the form of a run',
    async () => {
      await server.user('sven');
      await open('sven');
      await page.getByRole('link', { name: 'Backtests' }).click();
      await page.getByRole('link', { name: 'New sweep' }).click();
      const slow = page.getByRole('group', { name: 'Slow period' });
      await slow.getByLabel('How Slow period varies').selectOption('list');
      await slow.getByLabel('Slow period, values with commas between them').fill('30, 60, 90');
      // Fast periods 5, 8 ... 20 by three slow ones.
      await page.getByText('18 runs', { exact: true }).waitFor();
      await page.reload();
      await page.getByText('18 runs', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Start the sweep' }).click();
      await page.getByRole('heading', { name: 'The best of 18 runs' }).waitFor({ timeout: patient });
      expect(
        await page
          .getByText(/^Likely (luck|overfitted):/)
          .first()
          .isVisible(),
      ).toBe(true);
      expect(await page.getByRole('region', { name: 'Windows, table' }).locator('tbody tr').count()).toBe(9);

      const map = page.getByRole('application', { name: /^Heat map of Sharpe ratio/ });
      await map.focus();
      await page.keyboard.press('ArrowRight');
      await page.getByText(/^fast period 5, slow period 30: Sharpe ratio -?\d+\.\d\d$/).waitFor();
      await page.keyboard.press('Enter');
      await page.locator('tr.marked').waitFor();

      const best = page
        .getByRole('region', { name: 'Ranking, table' })
        .getByRole('link', { name: '#1', exact: true });
      const row = await page
        .getByRole('region', { name: 'Ranking, table' })
        .locator('tbody tr')
        .first()
        .innerText();
      await best.click();
      const filled = await page.getByLabel('Fast period').inputValue();
      expect(row.split(/\s+/)).toContain(filled);
      expect(problems).toEqual([]);
    },
    patient,
  );

  test(
    'imports a file after a preview, checks it and deletes it, and says why another was refused',
    async () => {
      await server.user('iris');
      await open('iris');
      await page.getByRole('link', { name: 'Data' }).click();
      const hour = (i: number) => new Date(Date.UTC(2024, 0, 1, i)).toISOString();
      const rows = Array.from(
        { length: 200 },
        (_, i) => `${hour(i)},${100 + i},${103 + i},${99 + i},${101 + i},5`,
      );
      const head = 'time,open,high,low,close,volume';
      const file = (name: string, lines: string[]) => ({
        name,
        mimeType: 'text/csv',
        buffer: Buffer.from([head, ...lines].join('\n')),
      });
      await page.getByLabel('File', { exact: true }).setInputFiles(file('GOLD_USD.csv', rows));
      expect(await page.locator('#import-symbol').inputValue()).toBe('GOLD_USD');
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.getByText('A preview: nothing was stored.').waitFor({ timeout: patient });
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      await page.getByText('GOLD_USD 1h is stored.').waitFor({ timeout: patient });
      const stored = page.getByRole('row', { name: /GOLD_USD 1h/ });
      await stored.getByText('200', { exact: true }).waitFor();

      await page.getByRole('button', { name: 'Check GOLD_USD 1h own' }).click();
      await page.getByText(/^Intact: the checksum holds/).waitFor();
      const [saved] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'GOLD_USD 1h own as CSV' }).click(),
      ]);
      expect(saved.suggestedFilename()).toBe('GOLD_USD-1h.csv');

      const bad = [...rows.slice(0, 5), `${hour(5)},100,90,95,97,5`, ...rows.slice(6)];
      await page.getByLabel('File', { exact: true }).setInputFiles(file('GOLD_USD.csv', bad));
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      await page.getByText('Nothing was stored.', { exact: true }).waitFor({ timeout: patient });
      await page.getByText(/^Row 7: /).waitFor();
      await page.getByRole('link', { name: 'This import' }).click();
      await page.getByRole('heading', { name: 'Import', level: 1 }).waitFor();
      await page.getByText(/^Row 7: /).waitFor();

      await page.getByRole('link', { name: 'All data' }).click();
      await page.getByRole('button', { name: 'Delete GOLD_USD 1h own' }).click();
      await page.getByRole('button', { name: 'Confirm' }).click();
      await stored.waitFor({ state: 'detached' });
      expect(problems).toEqual([]);
    },
    patient,
  );

  test(
    'keeps a series fresh from an exchange until it is told to stop',
    async () => {
      await server.user('frida');
      await open('frida');
      await page.getByRole('link', { name: 'Data' }).click();
      await page.locator('#exchange').fill('binance');
      await page.locator('#download-symbol').fill('BTC/USDT');
      await page.locator('#download-start').fill('2024-01-01');
      await page.locator('#every').fill('30');
      await page.getByRole('button', { name: 'Keep it fresh' }).click();
      const schedule = page.getByRole('region', { name: 'Schedules, table' }).getByRole('row', {
        name: /BTC_USDT 1h/,
      });
      await schedule.getByText('30 min').waitFor();
      await page
        .getByRole('region', { name: 'Symbols, table' })
        .getByRole('row', { name: /BTC_USDT/ })
        .filter({ hasText: 'yours' })
        .getByText('100', { exact: true })
        .waitFor({ timeout: patient });
      await page.getByRole('button', { name: 'Stop keeping BTC_USDT 1h fresh' }).click();
      await page.getByText('Nothing is kept fresh yet.').waitFor();
      expect(problems).toEqual([]);
    },
    patient,
  );

  test(
    'runs again what was run, compares runs, and takes a deletion back',
    async () => {
      const rita = await server.user('rita');
      const size = { risk: 0.02 };
      const ids = [
        await rita.backtest({
          ...year,
          params: { fast_period: 7, slow_period: 70, stop_loss: 0.05 },
          size,
          title: 'seven',
        }),
        await rita.backtest({ ...year, params: { fast_period: 9, slow_period: 70 }, title: 'nine' }),
      ];
      for (const id of ids) await rita.ended(id, patient);
      await open('rita');
      await page.goto(`${server.url}/backtests/${ids[0]}`);
      await page.getByRole('link', { name: 'Run again' }).click();
      await page.getByRole('button', { name: 'Run the backtest' }).waitFor();
      await waitFor(async () => (await page.getByLabel('Fast period').inputValue()) === '7');
      await page.getByRole('button', { name: 'Run the backtest' }).click();
      await page.getByText('Answered from store: the same was run before on the same candles.').waitFor();

      await page.getByRole('link', { name: 'Backtests' }).click();
      await page.getByRole('checkbox', { name: 'Compare seven' }).first().check();
      await page.getByRole('checkbox', { name: 'Compare nine' }).check();
      await page.getByRole('link', { name: 'Compare 2' }).click();
      await page.getByRole('heading', { name: 'Metric by metric' }).waitFor();
      await page.locator('canvas').first().waitFor();

      await page.goto(`${server.url}/backtests`);
      await page.getByRole('button', { name: 'Delete nine' }).press('Enter');
      // By the keyboard alone: the focus is on Undo.
      await waitFor(
        async () => (await page.evaluate('document.activeElement.textContent.trim()')) === 'Undo',
      );
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Delete nine' }).waitFor();
      expect((await rita.get(`/api/backtests/${ids[1]}`)).status).toBe(200);
      expect(problems).toEqual([]);
    },
    patient,
  );

  test(
    'trains and predicts, and says plainly that there is no demonstrated edge',
    async () => {
      await server.user('petra');
      await open('petra');
      await page.getByRole('link', { name: 'Predictions' }).click();
      await page.locator('#train-timeframe').selectOption('4h');
      await page.locator('#train-model').selectOption('logistic');
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      const link = page.getByRole('link', { name: 'BTC_USDT 4h logistic' });
      await link.waitFor();
      await page
        .getByRole('row', { name: /logistic/ })
        .getByText('Completed')
        .waitFor({ timeout: patient });
      await page.locator('#predict-timeframe').selectOption('4h');
      await page.getByRole('button', { name: 'Predict', exact: true }).click();
      await page.getByText('for a higher price in 24 candles').waitFor({ timeout: patient });
      await page.getByText('No demonstrated edge.').first().waitFor();
      await page.screenshot({ path: join(screenshots, 'predictions-done.png'), fullPage: true });
      await link.click();
      await page.getByRole('heading', { name: 'Calibration' }).waitFor();
      expect(await page.getByText('No demonstrated edge.').isVisible()).toBe(true);
      expect(await accessibilityFindings(page)).toEqual([]);
      await page.screenshot({ path: join(screenshots, 'model.png'), fullPage: true });
      await page.getByRole('link', { name: 'All models' }).click();
      await page
        .locator('a[href^="/predictions/"]:not([href*="/models/"])', { hasText: 'BTC_USDT 4h' })
        .first()
        .click();
      await page.getByRole('heading', { name: 'Prediction', level: 1 }).waitFor();
      expect(problems).toEqual([]);
    },
    patient,
  );

  test(
    'goes from page to page and runs a backtest by the keyboard alone',
    async () => {
      await server.user('kim');
      ({ page, problems } = await openPage(browser));
      await page.goto(server.url);
      await page.getByLabel('Username').waitFor();
      const tabTo = async (text: string) => {
        for (let i = 0; i < 60; i += 1) {
          await page.keyboard.press('Tab');
          const there = await page.evaluate(
            `document.activeElement.textContent.trim() || document.activeElement.id`,
          );
          if (there === text) return;
        }
        throw new Error(`Tab never came to ${text}`);
      };
      await page.keyboard.type('kim');
      await tabTo('password');
      await page.keyboard.type('kim-has-a-long-password');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Status Center' }).waitFor();
      await tabTo('Skip to the content');
      await tabTo('Backtests');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Run the backtest' }).waitFor();
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
      await tabTo('Buy and hold');
      await page.keyboard.press('Enter');
      await tabTo('Run the backtest');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'BuyAndHold on BTC_USDT 1d' }).waitFor();
      await page.getByRole('heading', { name: 'Monthly returns' }).waitFor({ timeout: patient });
    },
    patient,
  );

  test(
    'moves nothing on the page while progress comes in',
    async () => {
      const lena = await server.user('lena');
      await open('lena');
      const id = await lena.backtest(longRun);
      await row('running', id).waitFor();
      const description = () => row('running', id).locator('.description').innerText();
      const box = async () => JSON.stringify(await row('running', id).boundingBox());
      const [first, place] = [await description(), await box()];
      await waitFor(async () => ((await description()) === first ? null : true));
      expect(await box()).toBe(place);
      await page.reload();
      await row('running', id).waitFor();
      expect(await box()).toBe(place);
    },
    patient,
  );

  test.each([
    ['light', false],
    ['dark', true],
  ])(
    'gives axe nothing to find on any page, %s',
    async (name, dark) => {
      const id = await admin.backtest();
      await admin.ended(id, patient);
      const other = await admin.backtest({ strategy: 'BuyAndHold' });
      await admin.ended(other, patient);
      const swept = await admin.post('/api/backtests/optimize', smallSweep);
      const sweep: string = swept.body.backtest_id;
      await admin.ended(sweep, patient);
      const sent = await admin.call('POST', '/api/market-data/import?symbol=GOLD&preview=true', candles, {
        'Content-Type': 'text/csv',
      });
      const imported: string = sent.body.import_id;
      await admin.ended(imported, patient);
      await open('admin', { dark });
      const paths = [
        '/',
        '/tasks',
        `/tasks/${id}`,
        '/backtests',
        `/backtests/${id}`,
        `/backtests/compare?ids=${id},${other}`,
        '/backtests/sweep',
        `/backtests/${sweep}`,
        '/predictions',
        '/data',
        `/data/imports/${imported}`,
        '/admin',
        '/settings',
        '/no-such-page',
      ];
      const findings: string[] = [];
      for (const path of paths) {
        await page.goto(server.url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await waitFor(async () => (await page.locator('.spinner').count()) === 0);
        findings.push(...(await accessibilityFindings(page)).map((finding) => `${path} ${finding}`));
        const file = `${path.split('?')[0]!.replace(/^\/$/, 'status').replace(id, 'result').replace(sweep, 'swept').replace(imported, 'done').replaceAll('/', '-')}-${name}.png`;
        await page.screenshot({ path: join(screenshots, file.replace(/^-/, '')), fullPage: true });
      }
      expect(findings).toEqual([]);
      expect(problems).toEqual([]);
    },
    patient,
  );

  test(
    'fits a phone on every page',
    async () => {
      const sent = await admin.post('/api/backtests/optimize', smallSweep);
      const sweep: string = sent.body.backtest_id;
      await admin.ended(sweep, patient);
      await open('admin', { width: 390 });
      const tooWide: string[] = [];
      const paths = [
        '/',
        '/tasks',
        `/tasks/${sweep}`,
        '/backtests',
        '/backtests/sweep',
        `/backtests/${sweep}`,
        '/predictions',
        '/data',
        '/admin',
        '/settings',
      ];
      for (const path of paths) {
        await page.goto(server.url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await waitFor(async () => (await page.locator('.spinner').count()) === 0);
        if (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) tooWide.push(path);
        const name = path.replace(/^\/$/, '/status').replace(sweep, 'swept').slice(1).replaceAll('/', '-');
        await page.screenshot({ path: join(screenshots, `${name}-phone.png`), fullPage: true });
      }
      expect(tooWide).toEqual([]);
    },
    patient,
  );
});
