import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { LeaseKeeper } from '../cluster/lease-keeper.js';
import { NodeRegistry } from '../cluster/node-registry.js';
import { PeerEvents } from '../cluster/peer-events.js';
import { QueueMirror } from './queue-mirror.js';
import { pausedSetting, SchedulerState } from './scheduler-state.js';
import { SchedulingLoop } from './scheduling-loop.js';

/** Starts and stops the queue on this node, in order, and connects it with the other nodes. */
@Injectable()
export class QueueLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('QueueLifecycle');

  constructor(
    private readonly peers: PeerEvents,
    private readonly nodes: NodeRegistry,
    private readonly leases: LeaseKeeper,
    private readonly state: SchedulerState,
    private readonly mirror: QueueMirror,
    private readonly loop: SchedulingLoop,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.leases.requeued$.subscribe((task) => {
      this.mirror.trackRequeued(task);
    });
    await this.peers.start({
      onRemoteEvents: async (events) => {
        this.state.onRemoteEvents(events);
        await this.mirror.onRemoteEvents(events);
      },
      onTaskUpdated: (task) => {
        if (task.isQueued) this.mirror.onUpdated(task);
        else this.leases.onTaskUpdated(task);
      },
      onSettingChanged: async (key) => {
        if (key === pausedSetting) await this.loop.refreshPaused();
      },
      onGap: () => {
        this.loop.requestReload();
        void this.leases.tick();
      },
    });
    await this.state.restore();
    await this.nodes.join(this.peers.session);
    await this.leases.start();
    await this.loop.start();
  }

  async beforeApplicationShutdown(signal?: string): Promise<void> {
    this.leases.stopReaping();
    await this.loop.stop(signal);
    await this.state.save();
    await this.peers.close();
  }

  @Interval(60_000)
  async runMaintenance(): Promise<void> {
    try {
      await this.state.save();
      await this.nodes.removeStale();
    } catch (error) {
      this.#logger.error(`Maintenance failed: ${String(error)}`);
    }
  }
}
