/** Why a page can't tell, or can't tell any more. */
export type Fault =
  /** The link is no link to a payment of this gateway's. */
  | 'INVALID'
  /** The link's time is over. */
  | 'EXPIRED'
  /** Nobody knows what it is for. */
  | 'UNKNOWN'
  /** The gateway says no. */
  | 'REFUSED'
  /** Nobody answers now; the page goes on asking. */
  | 'AWAY';
