/** The most of one item that a server sells at once (its QUANTITY_MAX). */
const QUANTITY_MAX = 999;

export function isQuantity(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= QUANTITY_MAX;
}
