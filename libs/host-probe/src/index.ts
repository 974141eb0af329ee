export { createHostProbe, type HostProbeOptions } from './create-host-probe.js';
export type { HostProbe, HostSample, LimitSource, Overrides, Pressure } from './host-sample.js';
export type { OsFigures } from './os-host-probe.js';
export { steadyNow } from './steady-clock.js';
export { ProcessMeter, type ProcessMeterOptions, type ProcessUse } from './process-meter.js';
