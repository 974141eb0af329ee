import { readFileSync } from 'node:fs';

/** A row-major little-endian float32 matrix and its labels, as columns of the rows `[from, to)`. */
export class Matrix {
  constructor(x, y, rows, cols) {
    this.x = x;
    this.y = y;
    this.rows = rows;
    this.cols = cols;
  }

  static fromFiles(xFile, yFile, rows, cols) {
    const bytes = readFileSync(xFile);
    const labels = readFileSync(yFile);
    if (bytes.length !== rows * cols * 4) {
      throw new Error(
        `${xFile} has ${bytes.length} bytes; ${rows} rows of ${cols} floats are ${rows * cols * 4}.`,
      );
    }
    if (labels.length !== rows)
      throw new Error(`${yFile} has ${labels.length} labels; there are ${rows} rows.`);
    return new Matrix(
      new Float32Array(bytes.buffer, bytes.byteOffset, rows * cols),
      Float64Array.from(labels),
      rows,
      cols,
    );
  }

  /** Five informative columns of thirty, interactions and 2 % missing values, drawn from a seed. */
  static synthetic(rows, cols, seed) {
    const uniform = uniforms(seed);
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    const x = new Float32Array(rows * cols);
    const y = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      const v = x.subarray(row * cols, (row + 1) * cols);
      for (let col = 0; col < cols; col++) v[col] = normal();
      const score =
        0.8 * v[0] + Math.sin(2 * v[1]) + 0.7 * v[2] * v[3] + (v[4] > 0.5 ? v[0] : -0.3 * v[2] ** 2);
      y[row] = uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
      for (let col = 0; col < cols; col++) if (uniform() < 0.02) v[col] = NaN;
    }
    return new Matrix(x, y, rows, cols);
  }

  part(from, to) {
    const columns = Array.from({ length: this.cols }, () => new Float32Array(to - from));
    for (let row = from; row < to; row++) {
      for (let col = 0; col < this.cols; col++) columns[col][row - from] = this.x[row * this.cols + col];
    }
    return { columns, target: this.y.subarray(from, to) };
  }
}

function uniforms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 4294967296;
  };
}
