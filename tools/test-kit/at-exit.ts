const actions = new Set<() => void>();

/** Does something when this process exits, unless the returned function is called before. Synchronous work only. */
export function atExit(action: () => void): () => void {
  if (actions.size === 0) process.once('exit', runAll);
  actions.add(action);
  return () => {
    actions.delete(action);
    if (actions.size === 0) process.off('exit', runAll);
  };
}

function runAll(): void {
  for (const action of actions) action();
}
