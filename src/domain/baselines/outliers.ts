import { median } from '../measurements/statistics.ts';

/** Fewer values do not tell which one is the outlier. */
const MIN_VALUES = 5;

/** Iglewicz and Hoaglin's: a modified z-score above it labels an outlier. */
const MAX_SCORE = 3.5;

/** Makes the median absolute deviation of a normal distribution its standard deviation: 1.4826. */
export const MAD_TO_DEVIATION = 1 / 0.6745;

/** The same for the mean absolute deviation: the square root of pi / 2. */
const MEAN_AD_TO_DEVIATION = 1.2533;

/**
 * How far each value is from the median, in standard deviations that the outliers themselves do not widen. Where more
 * than half of the values are the same, the mean absolute deviation stands in for the median one; all the same: 0.
 * @see Iglewicz and Hoaglin, How to Detect and Handle Outliers, ASQC 1993; the stand-in is that of IBM SPSS and Cognos
 */
export function modifiedZScores(values: readonly number[]): number[] {
  const middle = median(values);
  const deviations = values.map((value) => Math.abs(value - middle));
  const mad = median(deviations);
  const mean = deviations.reduce((total, each) => total + each, 0) / deviations.length;
  const scale = mad > 0 ? mad * MAD_TO_DEVIATION : mean * MEAN_AD_TO_DEVIATION;
  return values.map((value) => (scale > 0 ? (value - middle) / scale : 0));
}

/** Which of the values are outliers, in their order; none of fewer than {@link MIN_VALUES}. */
export function outliersOf(values: readonly number[]): boolean[] {
  if (values.length < MIN_VALUES) return values.map(() => false);
  return modifiedZScores(values).map((score) => Math.abs(score) > MAX_SCORE);
}
