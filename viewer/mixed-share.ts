/** Share of conceptions that go to the model in a `mixed` run unless it is set. */
export const MIXED_SHARE = 0.1;
