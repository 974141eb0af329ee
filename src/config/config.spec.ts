import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigError, readConfig, unknownNames } from './config.js';

const secret = 'a-very-long-and-quite-random-value-4711';

describe('the configuration', () => {
  test('has defaults for a developer on one machine', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 8000,
      role: 'all',
      databaseUrl: null,
      machine: { cpuBuffer: 0.2, ramBuffer: 0.2, consumptionFactor: 0.8, cpuCores: null, hostRoot: null },
      tasks: { maxQueuedPerUser: 500 },
    });
  });

  test('relaxes admission in development mode', () => {
    const { machine } = readConfig({ TRADING_BOT_DEV_MODE: 'true' });
    expect(machine).toMatchObject({ cpuBuffer: 0.05, ramBuffer: 0.05, consumptionFactor: 0.5 });
  });

  test('takes an empty variable for an absent one', () => {
    expect(readConfig({ PORT: '', ADMIN_PASSWORD: '' }).port).toBe(8000);
  });

  test('names every bad variable at once', () => {
    const read = () => readConfig({ PORT: 'http', DATABASE_URL: 'mysql://x', HEADROOM_ROLE: 'boss' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/PORT:[^]*DATABASE_URL: must start with postgres:\/\/[^]*HEADROOM_ROLE:/);
  });

  describe('takes the machine from files for tests', () => {
    let root: string;
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'headroom-config-'));
      mkdirSync(join(root, 'proc'));
      for (const name of ['stat', 'meminfo']) writeFileSync(join(root, 'proc', name), '');
    });
    afterEach(() => rmSync(root, { recursive: true }));

    test('from a folder that has them', () => {
      expect(readConfig({ HEADROOM_HOST_ROOT: root }).machine.hostRoot).toBe(root);
    });

    test('and refuses a folder without them', () => {
      rmSync(join(root, 'proc', 'meminfo'));
      expect(() => readConfig({ HEADROOM_HOST_ROOT: root })).toThrow(
        'HEADROOM_HOST_ROOT: must be a folder with proc/stat and proc/meminfo',
      );
    });

    test('and refuses it in production', () => {
      const production = { NODE_ENV: 'production', JWT_SECRET: secret, HEADROOM_HOST_ROOT: root };
      expect(() => readConfig(production)).toThrow(ConfigError);
      expect(() => readConfig(production)).toThrow(
        'HEADROOM_HOST_ROOT: is for tests and cannot be set when NODE_ENV=production',
      );
    });
  });

  test('takes origins as browsers write them, whatever their case and slash', () => {
    const { http } = readConfig({ CORS_ORIGINS: 'https://A.example/, http://localhost:5173' });
    expect(http.corsOrigins).toEqual(['https://a.example', 'http://localhost:5173']);
  });

  test.each(['not an origin', '*', 'https://a.example/app', 'https://me:hush@a.example', 'ftp://a.example'])(
    'refuses %s as an origin',
    (word) => {
      expect(() => readConfig({ CORS_ORIGINS: `https://b.example,${word}` })).toThrow(
        `CORS_ORIGINS: "${word}" is not an origin`,
      );
    },
  );

  test.each(['api', 'worker'])('refuses the role %s to a node that can have no others', (role) => {
    expect(() => readConfig({ HEADROOM_ROLE: role })).toThrow(/HEADROOM_ROLE: .*DATABASE_URL/);
    expect(readConfig({ HEADROOM_ROLE: role, DATABASE_URL: 'postgres://x' }).role).toBe(role);
  });

  test('knows a misspelt setting from one of its own, of its scripts and of Kubernetes', () => {
    const known = ['HEADROOM_ROLE', 'HEADROOM_ADMIN_PASSWORD', 'PATH', 'ROLE'];
    const ofServices = [
      'HEADROOM_SERVICE_HOST',
      'HEADROOM_SERVICE_PORT_HTTP',
      'HEADROOM_PORT',
      'HEADROOM_PORT_80_TCP_ADDR',
    ];
    const misspelt = ['HEADROOM_ROLL', 'HEADROOM_DATADIR'];
    expect(unknownNames([...known, ...ofServices, ...misspelt])).toEqual(misspelt);
  });

  test.each([
    ['no secret', {}, 'JWT_SECRET: is required'],
    ['a short secret', { JWT_SECRET: 'short' }, 'JWT_SECRET: has 5 bytes, needs at least 32'],
    [
      'a known secret',
      { JWT_SECRET: 'changeme-changeme-changeme-changeme' },
      'JWT_SECRET: is a known default',
    ],
    [
      'a known password',
      { JWT_SECRET: secret, ADMIN_PASSWORD: 'admin123' },
      'ADMIN_PASSWORD: is a known default',
    ],
  ])('refuses %s in production', (_, variables, message) => {
    expect(() => readConfig({ NODE_ENV: 'production', ...variables })).toThrow(message);
  });

  test('lets production start with a good secret', () => {
    expect(readConfig({ NODE_ENV: 'production', JWT_SECRET: secret }).production).toBe(true);
  });
});
