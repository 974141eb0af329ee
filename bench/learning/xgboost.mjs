// Debian's libxgboost through its C API, on one thread, with the settings of the bench.
import { existsSync } from 'node:fs';

const PLACES = ['libxgboost.so.0', 'libxgboost.so'];

/** Functions of the library, or why it cannot be had. */
export async function loadXgboost(folder) {
  let koffi;
  try {
    ({ default: koffi } = await import('koffi'));
  } catch {
    return { missing: 'koffi could not be installed from npm' };
  }
  const names = folder
    ? PLACES.map((name) => `${folder}/${name}`).filter((path) => existsSync(path))
    : PLACES;
  if (folder && existsSync(`${folder}/libdmlc.so.0`)) koffi.load(`${folder}/libdmlc.so.0`, { global: true });
  for (const name of names) {
    try {
      return { api: bind(koffi, koffi.load(name)), koffi };
    } catch {
      // Not under this name; the next one may be there.
    }
  }
  return { missing: 'libxgboost is not installed: apt-get install libxgboost0' };
}

function bind(koffi, lib) {
  return {
    lastError: lib.func('const char* XGBGetLastError()'),
    matrix: lib.func('int XGDMatrixCreateFromMat(const float*, uint64_t, uint64_t, float, _Out_ void**)'),
    label: lib.func('int XGDMatrixSetFloatInfo(void*, const char*, const float*, uint64_t)'),
    freeMatrix: lib.func('int XGDMatrixFree(void*)'),
    booster: lib.func('int XGBoosterCreate(void**, uint64_t, _Out_ void**)'),
    freeBooster: lib.func('int XGBoosterFree(void*)'),
    set: lib.func('int XGBoosterSetParam(void*, const char*, const char*)'),
    update: lib.func('int XGBoosterUpdateOneIter(void*, int, void*)'),
    predict: lib.func(
      'int XGBoosterPredict(void*, void*, int, uint32_t, int, _Out_ uint64_t*, _Out_ void**)',
    ),
  };
}

/** Fits on the first `train` rows and scores those from `test` on: `{seconds, cpuSeconds, scores}`. */
export function runXgboost({ api, koffi }, matrix, train, test, settings) {
  const check = (status) => {
    if (status !== 0) throw new Error(api.lastError());
  };
  const dataOf = (x, from, to) => {
    const handle = [null];
    check(api.matrix(x, to - from, matrix.cols, NaN, handle));
    check(api.label(handle[0], 'label', Float32Array.from(matrix.y.subarray(from, to)), to - from));
    return handle[0];
  };
  const fitRows = matrix.rowMajor(0, train);
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const data = dataOf(fitRows, 0, train);
  const handle = [null];
  check(api.booster([data], 1, handle));
  const params = {
    objective: 'binary:logistic',
    tree_method: 'hist',
    nthread: 1,
    verbosity: 0,
    max_bin: 256,
    max_depth: settings.maxDepth,
    eta: settings.learningRate,
    lambda: settings.lambda,
    min_child_weight: settings.minChildWeight,
  };
  for (const [name, value] of Object.entries(params)) check(api.set(handle[0], name, String(value)));
  for (let round = 0; round < settings.rounds; round++) check(api.update(handle[0], round, data));
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const rest = dataOf(matrix.rowMajor(test, matrix.rows), test, matrix.rows);
  const length = [0];
  const out = [null];
  check(api.predict(handle[0], rest, 0, 0, 0, length, out));
  const scores = Float64Array.from(koffi.decode(out[0], koffi.array('float', Number(length[0]))));
  api.freeBooster(handle[0]);
  api.freeMatrix(data);
  api.freeMatrix(rest);
  return { seconds, cpuSeconds: (user + system) / 1e6, scores };
}
