/** What a sub-account's id is made of, as `for-user-id`, the address of its webhooks and its settings name it. At Xendit it is hexadecimal. */
export const accountPattern = /^[\w-]+$/;
