import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { seededUniform } from '../../dist/libs/backtest/src/random.js';

const rowsAtATime = 8192;

/** Labels and the columns of a matrix. */
export class Matrix {
  constructor(columns, y) {
    this.columns = columns;
    this.y = y;
    this.rows = y.length;
    this.cols = columns.length;
  }

  /** A row-major little-endian float32 file, turned into columns piece by piece: it is never whole in memory twice. */
  static fromFiles(xFile, yFile, rows, cols) {
    const labels = readFileSync(yFile);
    if (labels.length !== rows)
      throw new Error(`${yFile} has ${labels.length} labels; there are ${rows} rows.`);
    const file = openSync(xFile, 'r');
    try {
      const { size } = fstatSync(file);
      if (size !== rows * cols * 4) {
        throw new Error(`${xFile} has ${size} bytes; ${rows} rows of ${cols} floats are ${rows * cols * 4}.`);
      }
      const matrix = new Matrix(emptyColumns(rows, cols), Float64Array.from(labels));
      const piece = new Float32Array(rowsAtATime * cols);
      const bytes = new Uint8Array(piece.buffer);
      for (let from = 0; from < rows; from += rowsAtATime) {
        const count = Math.min(rowsAtATime, rows - from);
        const wanted = count * cols * 4;
        for (let got = 0; got < wanted;) {
          const read = readSync(file, bytes, got, wanted - got, from * cols * 4 + got);
          if (read === 0) throw new Error(`${xFile} became shorter while it was read.`);
          got += read;
        }
        matrix.#setRows(from, count, piece);
      }
      return matrix;
    } finally {
      closeSync(file);
    }
  }

  /** Five informative columns of thirty, interactions and 2 % missing values, drawn from a seed. */
  static synthetic(rows, cols, seed) {
    const uniform = seededUniform(seed);
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    const matrix = new Matrix(emptyColumns(rows, cols), new Float64Array(rows));
    const v = new Float32Array(cols);
    for (let row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++) v[col] = normal();
      const score =
        0.8 * v[0] + Math.sin(2 * v[1]) + 0.7 * v[2] * v[3] + (v[4] > 0.5 ? v[0] : -0.3 * v[2] ** 2);
      matrix.y[row] = uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
      for (let col = 0; col < cols; col++) if (uniform() < 0.02) v[col] = NaN;
      matrix.#setRows(row, 1, v);
    }
    return matrix;
  }

  /** The rows `[from, to)` as views. */
  part(from, to) {
    return {
      columns: this.columns.map((column) => column.subarray(from, to)),
      target: this.y.subarray(from, to),
    };
  }

  /** A row-major copy of the rows `[from, to)`, for the peers. */
  rowMajor(from, to) {
    const x = new Float32Array((to - from) * this.cols);
    this.columns.forEach((column, col) => {
      for (let row = from; row < to; row++) x[(row - from) * this.cols + col] = column[row];
    });
    return x;
  }

  #setRows(from, count, rowMajor) {
    this.columns.forEach((column, col) => {
      for (let row = 0; row < count; row++) column[from + row] = rowMajor[row * this.cols + col];
    });
  }
}

function emptyColumns(rows, cols) {
  return Array.from({ length: cols }, () => new Float32Array(rows));
}
