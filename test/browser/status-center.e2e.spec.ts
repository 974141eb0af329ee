import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { adminPassword, type Client, Server, waitFor } from '../harness/server.js';
import { accessibilityFindings, browserPath, launch, openPage, signIn } from './browser.js';

const patient = 120_000;
const screenshots = join(import.meta.dirname, '..', '..', 'artifacts', 'screenshots');
const longRun = {
  strategy: 'MLPredictive',
  symbol: 'ETH_USDT',
  start_date: '2023-01-01',
  end_date: '2025-12-31',
};

/** Skipped, and named so, on a machine without a Chromium. */
const whereThereIsABrowser = browserPath === null ? describe.skip : describe;

whereThereIsABrowser('the page in a browser (skipped without Chromium)', () => {
  let server: Server;
  let browser: Browser;
  let admin: Client;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    server = await Server.start();
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
      await row('running', id).getByRole('button', { name: 'Cancel Backtest' }).click();
      await row('completed', id).getByText('Cancelled', { exact: true }).waitFor({ timeout: patient });
      expect(await row('completed', id).getByRole('button', { name: 'Retry Backtest' }).isVisible()).toBe(
        true,
      );
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
      const id = await olga.backtest(longRun);
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
      await waitFor(() => (streams === 1 ? true : null));
      const later = await rosa.backtest();
      await second.getByTestId('completed').locator(`a[href="/tasks/${later}"]`).waitFor();
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
      await open('admin', { dark });
      const paths = [
        '/',
        '/tasks',
        `/tasks/${id}`,
        '/backtests',
        `/backtests/${id}`,
        `/backtests/compare?ids=${id},${other}`,
        '/predictions',
        '/data',
        '/admin',
        '/settings',
        '/no-such-page',
      ];
      const findings: string[] = [];
      for (const path of paths) {
        await page.goto(server.url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await waitFor(async () => ((await page.locator('.spinner').count()) === 0 ? true : null));
        findings.push(...(await accessibilityFindings(page)).map((finding) => `${path} ${finding}`));
        const file = `${path.split('?')[0]!.replace(/^\/$/, 'status').replace(id, 'result').replaceAll('/', '-')}-${name}.png`;
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
      await open('admin', { width: 390 });
      const tooWide: string[] = [];
      for (const path of ['/', '/tasks', '/backtests', '/predictions', '/data', '/admin', '/settings']) {
        await page.goto(server.url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await waitFor(async () => ((await page.locator('.spinner').count()) === 0 ? true : null));
        if (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) tooWide.push(path);
      }
      expect(tooWide).toEqual([]);
    },
    patient,
  );
});
