// A plain JavaScript tree package as a peer: one regression tree of the same depth on the first gradients.

/** CPU seconds of one ml-cart tree on the first `rows` rows, or why it cannot be had. It knows no missing values. */
export async function runPlainTree(matrix, rows, depth) {
  let DecisionTreeRegression;
  try {
    ({ DecisionTreeRegression } = await import('ml-cart'));
  } catch {
    return { skipped: 'ml-cart could not be installed from npm' };
  }
  const x = matrix.rowMajor(0, rows);
  const table = Array.from({ length: rows }, (_, row) =>
    Array.from(x.subarray(row * matrix.cols, (row + 1) * matrix.cols), (value) =>
      Number.isNaN(value) ? 0 : value,
    ),
  );
  const gradients = Array.from(matrix.y.subarray(0, rows), (y) => y - 0.5);
  const before = process.cpuUsage();
  new DecisionTreeRegression({ maxDepth: depth, minNumSamples: 1 }).train(table, gradients);
  const { user, system } = process.cpuUsage(before);
  return { rows, cpu_seconds_per_tree: (user + system) / 1e6 };
}
