/**
 * What a sub-account's id is made of, as `for-user-id`, the address of its webhooks, tokens, keys and settings name it. At Xendit it is
 * hexadecimal.
 */
export const accountPattern = /^[\w-]{1,64}$/;
