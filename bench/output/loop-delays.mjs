// A plug-in with a route that tells how long the server's event loop has been held up since the last call.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Controller, Get, Module } from '@nestjs/common';

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();

class LoopDelaysController {
  read() {
    const ms = (ns) => ns / 1e6;
    const taken = {
      max_ms: ms(delays.max),
      p99_ms: ms(delays.percentile(99)),
      p50_ms: ms(delays.percentile(50)),
    };
    delays.reset();
    return taken;
  }
}

Get('loop-delays')(
  LoopDelaysController.prototype,
  'read',
  Object.getOwnPropertyDescriptor(LoopDelaysController.prototype, 'read'),
);
Controller()(LoopDelaysController);

export default class LoopDelaysModule {}
Module({ controllers: [LoopDelaysController] })(LoopDelaysModule);
