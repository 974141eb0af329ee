import { csvLayouts, timeFormats, timeframes } from '@app/contracts';

export const usage = `Usage: npm run data -- COMMAND [OPTIONS]

Works on the market data in HEADROOM_DATA_DIR (default ./data), with or without a running server.

  list                             the stored series
  import FILE --symbol SYMBOL      candles from CSV (also gzip or ZIP) or Parquet
  download EXCHANGE --symbol SYMBOL --timeframe SPAN [--start DATE] [--end DATE]
                                   candles from an exchange that ccxt knows; without --start, what is new
  verify [SYMBOL [TIMEFRAME]]      looks at every candle: gaps, duplicates, order, spikes, zero volume, checksum
  export SYMBOL TIMEFRAME          CSV on standard output, or to --out FILE
  delete SYMBOL TIMEFRAME --yes    removes a stored series

  --user ID            that user's own data instead of the shared data
  --timeframe SPAN     ${timeframes.join(', ')}
  --json               print one JSON object on standard output and nothing else there
  --help               this text

Of import, all of which is found out when left out:
  --preview            show what is found, store nothing
  --replace            put the candles in the place of the stored ones instead of merging them
  --skip-bad-rows      leave rows out that cannot be used, instead of storing nothing
  --layout NAME        ${csvLayouts.join(', ')}
  --delimiter MARK     "," ";" "|" or tab
  --columns LIST       what each column is, such as time,open,high,low,close,-,volume
  --time-format NAME   ${timeFormats.join(', ')}
  --time-zone ZONE     of times that name none, such as America/New_York
  --adjusted           prices adjusted by an "Adj Close" column

Ends with 0 when all went well (verify: when all is intact), 1 when not, 2 on bad options.
`;
