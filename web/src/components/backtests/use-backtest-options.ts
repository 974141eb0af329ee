import { computed, type ComputedRef } from 'vue';
import type { Model, StrategyInfo, SymbolInfo } from '@app/contracts';
import { request, requestAll } from '@/api/client';
import { useAsyncData, type Loaded } from '@/composables/use-async-data';
import { paramFields, type Draft, type ParamField } from './draft';

export interface Offers {
  readonly strategies: readonly StrategyInfo[];
  readonly symbols: readonly SymbolInfo[];
  readonly models: readonly Model[];
}

export interface ChosenOffers {
  readonly offers: Loaded<Offers>;
  /** The strategy that the draft names; null until it is known. */
  readonly strategy: ComputedRef<StrategyInfo | null>;
  readonly fields: ComputedRef<readonly ParamField[]>;
}

/** What a run can be made of: strategies, symbols and models. */
export function useBacktestOptions(draft: () => Draft): ChosenOffers {
  const offers = useAsyncData(async (signal) => {
    const [strategies, symbols, models] = await Promise.all([
      request<StrategyInfo[]>('/api/backtests/strategies', { signal }),
      requestAll<SymbolInfo>('/api/market-data/symbols', signal),
      requestAll<Model>('/api/predictions/models', signal),
    ]);
    return { strategies, symbols, models };
  });
  const strategy = computed(
    () => offers.value.value?.strategies.find(({ name }) => name === draft().strategy) ?? null,
  );
  const fields = computed(() => (strategy.value === null ? [] : paramFields(strategy.value)));
  return { offers, strategy, fields };
}
