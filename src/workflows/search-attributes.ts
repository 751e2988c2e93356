import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import {
  searchAttributeTypes,
  type SearchAttribute,
  type SearchAttributeValues,
} from '../domain/reports/search-attributes.ts';

/** For the start of a workflow. */
export function attributePairs(values: SearchAttributeValues): SearchAttributePair[] {
  return Object.entries(values).map(
    ([name, value]) =>
      ({
        key: defineSearchAttributeKey(name, searchAttributeTypes[name as SearchAttribute]),
        value,
      }) as SearchAttributePair
  );
}

/** The search attributes of this workflow. Each change is an event, so only changes are written. */
export class ShownAttributes {
  #shown = '';

  show(values: SearchAttributeValues): void {
    const text = JSON.stringify(values);
    if (text === this.#shown) return;
    this.#shown = text;
    upsertSearchAttributes(attributePairs(values));
  }
}
