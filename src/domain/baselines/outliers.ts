import { median } from '../measurements/statistics.ts';

/** With fewer values, it is unknown which one is the outlier. */
const MIN_VALUES = 5;

/** The threshold of Iglewicz and Hoaglin: a value with a larger modified z-score is an outlier. */
const MAX_SCORE = 3.5;

/** Scales the median absolute deviation of a normal distribution to its standard deviation: 1.4826. */
export const MAD_TO_DEVIATION = 1 / 0.6745;

/** The same for the mean absolute deviation: the square root of pi / 2. */
const MEAN_AD_TO_DEVIATION = 1.2533;

/**
 * The distance of each value from the median, in robust standard deviations, which outliers do not widen. If more than
 * half of the values are equal, the mean absolute deviation replaces the median one; if all are equal, each score is 0.
 * @see Iglewicz and Hoaglin, How to Detect and Handle Outliers, ASQC 1993; the replacement is that of IBM SPSS and Cognos
 */
export function modifiedZScores(values: readonly number[]): number[] {
  const middle = median(values);
  const deviations = values.map((value) => Math.abs(value - middle));
  const mad = median(deviations);
  const mean = deviations.reduce((total, each) => total + each, 0) / deviations.length;
  const scale = mad > 0 ? mad * MAD_TO_DEVIATION : mean * MEAN_AD_TO_DEVIATION;
  return values.map((value) => (scale > 0 ? (value - middle) / scale : 0));
}

/** For each value, whether it is an outlier; never with fewer than {@link MIN_VALUES} values. */
export function outliersOf(values: readonly number[]): boolean[] {
  if (values.length < MIN_VALUES) return values.map(() => false);
  return modifiedZScores(values).map((score) => Math.abs(score) > MAX_SCORE);
}
