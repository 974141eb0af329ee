import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commandNames, commands, coverage } from './commands.js';
import { ModelWorld, states } from './model-world.js';

const steps = Number(process.env.HEADROOM_MODEL_STEPS ?? 1_000);
const seed = Number(process.env.HEADROOM_MODEL_SEED ?? 20_261_130);
const commandsPerRun = 200;
/** Each command meets each state this often in 10,000 steps; a shorter course may leave out a few rare pairs. */
const minPerPair = steps >= 10_000 ? 20 : 1;
const maxPairsLeftOut = steps >= 10_000 ? 0 : 5;

/**
 * The queue against random commands: people, processes, other nodes, time, a database that goes away and a server that
 * is killed. What must hold is checked after every step; at the end of each run all that was accepted comes to its end.
 *
 * `HEADROOM_MODEL_STEPS` and `HEADROOM_MODEL_SEED` choose another length and another course.
 */
describe(`the queue under ${steps} random commands, seed ${seed}`, () => {
  let world: ModelWorld;
  let played = 0;

  beforeAll(async () => {
    world = await ModelWorld.open();
  });
  afterAll(() => world.close());

  test(
    'stores one end for each attempt, loses no task and gives every reservation back',
    async () => {
      const course = fc.commands(commands, { maxCommands: commandsPerRun, size: 'max' });
      const property = fc.asyncProperty(course, async (run) => {
        await world.reset();
        await fc.asyncModelRun(() => ({ model: {}, real: world }), run);
        await world.finishAll();
        await world.check();
        expect(world.node.reservations.list()).toEqual([]);
        expect(world.leftFiles()).toEqual([]);
        played += [...run].length;
      });
      for (let round = 0; played < steps; round += 1) {
        await fc.assert(property, { seed: seed + round, numRuns: 10, endOnFailure: true });
      }
    },
    30 * 60_000,
  );

  test('meets every state with every command', () => {
    const leftOut = coverage.below(minPerPair, states, commandNames);
    expect(leftOut.slice(maxPairsLeftOut)).toEqual([]);
    expect(coverage.below(1, ['reducing'], ['kill', 'stop'])).toEqual([]);
  });
});
