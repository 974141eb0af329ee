/** What all event streams of this process have carried together, since its start. */
export class StreamStats {
  /** Messages written; of a snapshot or a replay each piece of 64 KiB counts as one. */
  messages = 0;
  bytes = 0;
  /** Words of progress that a client which was behind never got, because a newer one took their place. */
  superseded = 0;
  /** Clients cut off because they did not read. */
  terminated = 0;
}
